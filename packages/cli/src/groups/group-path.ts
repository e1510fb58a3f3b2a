import type { Labels } from "./group.js";

/**
 * The path of a group below the gateway's address, whatever its labels are. Values that a URL could change on its way are
 * written in base64.
 *
 * @param labels a value that is not UTF-8 is given as its bytes
 */
export function groupPath(labels: Labels | Readonly<Record<string, string | Uint8Array>>): string {
  const { job = "", ...others } = labels;
  return `/metrics${segment(["job", job])}${Object.entries(others).map(segment).join("")}`;
}

function segment([name, value]: readonly [string, string | Uint8Array]): string {
  const label = escapeName(name);
  if (typeof value === "string" && /^[\w-]+$/.test(value)) return `/${label}/${value}`;
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
  return `/${label}@base64/${base64Url(bytes) || "="}`;
}

function base64Url(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Since 1.11, and with a flag, a label can have any name, which a path has to escape. */
function escapeName(name: string): string {
  if (/^[a-zA-Z_]\w*$/.test(name)) return name;
  let escaped = "U__";
  for (const character of name) {
    if (/[a-zA-Z0-9]/.test(character)) escaped += character;
    else if (character === "_") escaped += "__";
    else escaped += `_${character.codePointAt(0)!.toString(16)}_`;
  }
  return escaped;
}
