import type { IncomingMessage } from "node:http";

/** Headers that belong to one connection. Source: RFC 9110, section 7.6.1 */
const HOP_BY_HOP = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** @returns the headers that go from one connection to the next, as they were sent */
export function endToEnd(message: IncomingMessage): Map<string, string[]> {
  const named = (message.headers.connection ?? "").toLowerCase();
  const dropped = new Set([...HOP_BY_HOP, ...named.split(/\s*,\s*/)]);
  const passed = new Map<string, string[]>();
  const { rawHeaders } = message;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase();
    if (dropped.has(name)) continue;
    const values = passed.get(name);
    if (values) values.push(rawHeaders[i + 1]!);
    else passed.set(name, [rawHeaders[i + 1]!]);
  }
  return passed;
}
