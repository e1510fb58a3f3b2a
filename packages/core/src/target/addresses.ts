import { warnOnce } from "../runtime/warn.js";
import type { Gateway } from "./pushgateway.js";

/** A comma separates addresses only before the start of another one; in a password or a path it is a character. */
const BETWEEN_ADDRESSES = /\s*,\s*(?=$|[a-z]+:\/\/|[^\s,@/]+\s*(?:[,/]|$))/i;

/**
 * Parses one or more addresses of gateways, separated by commas. A malformed address is left out with a
 * warning.
 *
 * @returns undefined if no address is usable
 */
export function parseAddresses(value: string): Gateway[] | undefined {
  const addresses = value.split(BETWEEN_ADDRESSES).filter(Boolean);
  const gateways = addresses.flatMap((address) => parseAddress(address) ?? []);
  if (gateways.length > 0 && gateways.length < addresses.length)
    warnOnce(
      "addresses",
      "an address in PUSHGATEWAY_URL or the url option is malformed and is left out",
    );
  return gateways.length > 0 ? gateways : undefined;
}

/** `host:9091` means `http://host:9091`, as in the other Prometheus client libraries. */
function parseAddress(value: string): Gateway | undefined {
  try {
    const { protocol, origin, pathname, username, password } = new URL(
      value.includes("://") ? value : `http://${value}`,
    );
    if (!/^https?:$/.test(protocol)) return undefined;
    return {
      url: origin + pathname,
      username: decodeURIComponent(username) || undefined,
      password: decodeURIComponent(password) || undefined,
    };
  } catch {
    return undefined;
  }
}
