import type { Labels } from "./group.js";

/**
 * The path of a group below the gateway's address, whatever its labels are. Values that a URL could change on its way are
 * written in base64.
 *
 * @throws TypeError if there is no job
 */
export function groupPath(labels: Labels): string {
  const { job, ...others } = labels;
  if (!job) throw new TypeError("a group needs a job");
  return `/metrics${[["job", job], ...Object.entries(others)].map(segment).join("")}`;
}

function segment([name = "", value = ""]: readonly string[]): string {
  const label = escapeName(name);
  if (/^[\w-]+$/.test(value)) return `/${label}/${value}`;
  return `/${label}@base64/${base64Url(new TextEncoder().encode(value)) || "="}`;
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
