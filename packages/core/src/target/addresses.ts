import { warnOnce } from "../runtime/warn.js";
import type { Gateway } from "./pushgateway.js";

/**
 * Parses one or more addresses of gateways, separated by commas. A malformed address is left out with a
 * warning.
 *
 * @throws Error that says what is wrong, if no address is usable
 */
export function parseAddresses(value: string): Gateway[] {
  const found = separate(value).filter(Boolean).map(parseAddress);
  const gateways = found.filter((each) => typeof each !== "string");
  const fault = found.find((each) => typeof each === "string");
  if (gateways.length === 0) throw new Error(fault ?? "is not an address");
  if (fault)
    warnOnce(
      "addresses",
      `an address in PUSHGATEWAY_URL or the url option ${fault} and is left out`,
    );
  return gateways;
}

/**
 * A comma separates addresses only before `…://`, or if it is not in a query and no `@` follows before the next
 * `…://`. Otherwise it may be part of a credential, and what follows it must not be taken for a host.
 */
function separate(value: string): string[] {
  // Most functions have one gateway, and their cold starts need no such expression.
  if (!value.includes(",")) return [value];
  return value.split(/\s*,\s*(?=[a-z]+:\/\/|(?<!\?[^/]*)[^@]*?(?:$|,\s*[a-z]+:\/\/))/i);
}

/** @returns why the address cannot be used, without any part of it, if it cannot be */
function parseAddress(value: string): Gateway | string {
  // As in the other Prometheus client libraries.
  const address = value.includes("://") ? value : `http://${value}`;
  if (!URL.canParse(address)) return "is not an address";
  const { protocol, origin, pathname, search, hash, username, password } = new URL(address);
  if (!/^https?:$/.test(protocol)) return "starts with neither http:// nor https://";
  // A raw `/`, `?` or `#` in a password ends the host too early: the host is then a piece of the credentials,
  // which the next look-up would send to a DNS server.
  if (`${pathname}${search}${hash}`.includes("@"))
    return "has an @ after its host: percent-encode the credentials";
  // The URL standard removes them without a word.
  if (/[\t\r\n]/.test(value)) return "has a tab or a line break";
  try {
    return {
      url: origin + pathname,
      query: search || undefined,
      username: decodeURIComponent(username) || undefined,
      password: decodeURIComponent(password) || undefined,
    };
  } catch {
    return "has a % that encodes nothing: write it as %25";
  }
}
