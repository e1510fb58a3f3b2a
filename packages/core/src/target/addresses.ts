import { warnOnce } from "../runtime/warn.js";
import type { Gateway } from "./pushgateway.js";

/**
 * A comma separates addresses only before `…://`, or if no `@` follows before the next `…://`. Otherwise it may
 * be part of a password, and what follows it must not be taken for a host.
 */
const BETWEEN_ADDRESSES = /\s*,\s*(?=[a-z]+:\/\/|[^@]*?(?:$|,\s*[a-z]+:\/\/))/i;

/**
 * Parses one or more addresses of gateways, separated by commas. A malformed address is left out with a
 * warning.
 *
 * @throws Error that says what is wrong, if no address is usable
 */
export function parseAddresses(value: string): Gateway[] {
  const faults: string[] = [];
  const gateways = value
    .split(BETWEEN_ADDRESSES)
    .filter(Boolean)
    .flatMap((address) => {
      const fault = faultOf(address);
      if (fault) faults.push(fault);
      return fault ? [] : parseAddress(address);
    });
  const fault = faults[0] ?? "is not an address";
  if (gateways.length === 0) throw new Error(fault);
  if (faults.length > 0)
    warnOnce(
      "addresses",
      `an address in PUSHGATEWAY_URL or the url option ${fault} and is left out`,
    );
  return gateways;
}

/** `host:9091` means `http://host:9091`, as in the other Prometheus client libraries. */
function urlOf(value: string): URL {
  return new URL(value.includes("://") ? value : `http://${value}`);
}

function parseAddress(value: string): Gateway {
  const { origin, pathname, search, username, password } = urlOf(value);
  return {
    url: origin + pathname,
    query: search || undefined,
    username: decodeURIComponent(username) || undefined,
    password: decodeURIComponent(password) || undefined,
  };
}

/** @returns why the address cannot be used, without any part of it; undefined if it can be */
function faultOf(value: string): string | undefined {
  let url: URL;
  try {
    url = urlOf(value);
  } catch {
    return "is not an address";
  }
  const { protocol, pathname, search, hash, username, password } = url;
  if (!/^https?:$/.test(protocol)) return "starts with neither http:// nor https://";
  // A raw `/`, `?` or `#` in a password ends the host too early: the host is then a piece of the credentials,
  // which the next look-up would send to a DNS server.
  if (`${pathname}${search}${hash}`.includes("@"))
    return "has an @ after its host: percent-encode the user name and the password";
  // The URL standard removes them without a word.
  if (/[\t\r\n]/.test(value)) return "has a tab or a line break";
  try {
    decodeURIComponent(username + password);
  } catch {
    return "has a % in its user name or password that encodes nothing: write it as %25";
  }
  return undefined;
}
