import { BadRequest } from "../text/bad-request.js";

const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;
const ESCAPE = /%(?:([0-9a-f]{2})|)/gi;

/**
 * The path of a request target, percent-decoded: too early for a `%2F`, as Go does it.
 *
 * @returns one character a byte
 * @throws BadRequest for a `%` without two hexadecimal digits
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

/** The path without `//`, `.` and `..`; a request for any other is redirected here, and so a push is lost. */
export function cleanPath(path: string): string {
  const kept: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") kept.pop();
    else if (part !== "" && part !== ".") kept.push(part);
  }
  const cleaned = `/${kept.join("/")}`;
  return path.endsWith("/") && cleaned !== "/" ? `${cleaned}/` : cleaned;
}

/** @param path one character a byte */
export function encodePath(path: string): string {
  return path.replace(/[^A-Za-z0-9_.~$&+,/:;=@!*'()-]/g, (byte) => {
    return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
  });
}
