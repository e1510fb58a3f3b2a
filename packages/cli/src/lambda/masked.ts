import { RECORD } from "./settings.js";

const SECRET_NAME = /PASS|SECRET|TOKEN|KEY|CREDENTIAL|AUTH|COOKIE|PRIVATE/i;

/** The value of a variable as it may be printed: without credentials. */
export function masked(name: string, value: string): string {
  if (name === RECORD) return `what uninstrument restores (${Buffer.byteLength(value)} bytes)`;
  if (SECRET_NAME.test(name)) return "****";
  return withoutCredentials(value);
}

/**
 * A text without users, passwords and queries of addresses. It rather hides too much: a password may have commas,
 * blanks and slashes in it.
 */
export function withoutCredentials(text: string): string {
  return text.replace(/^((?:[^@]*?:\/\/)?).*@/s, "$1****@").replace(/\?.*/s, "?****");
}
