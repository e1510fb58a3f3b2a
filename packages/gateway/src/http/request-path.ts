import { BadRequest } from "../text/bad-request.js";

const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;
const ESCAPE = /%(?:([0-9a-f]{2})|)/gi;

/**
 * Takes the path from a request target and decodes its percent escapes. Like the real gateway, it decodes before it
 * splits the path, so a `%2F` counts as a slash.
 *
 * @returns the path, one character per byte
 * @throws BadRequest if two hexadecimal digits are missing after a `%`
 */
export function requestPath(target: string): string {
  const path = target.replace(ORIGIN, "").split(/[?]/, 1)[0] ?? "";
  const decoded = Buffer.from(path, "utf8")
    .toString("latin1")
    .replace(ESCAPE, (escape, digits?: string) => {
      if (digits === undefined)
        throw new BadRequest(
          `the path has ${JSON.stringify(escape)} without two hexadecimal digits`,
        );
      return String.fromCharCode(Number.parseInt(digits, 16));
    });
  return decoded === "" ? "/" : decoded;
}

/** Removes `//`, `.` and `..`. A request for an unclean path is redirected to the clean one; a push is lost by that. */
export function cleanPath(path: string): string {
  const kept: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") kept.pop();
    else if (part !== "" && part !== ".") kept.push(part);
  }
  const cleaned = `/${kept.join("/")}`;
  return path.endsWith("/") && cleaned !== "/" ? `${cleaned}/` : cleaned;
}

/** @param path one character per byte */
export function encodePath(path: string): string {
  return path.replace(/[^A-Za-z0-9_.~$&+,/:;=@!*'()-]/g, (byte) => {
    return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
  });
}
