import type { TransportRequest } from "@prefreeze/core";

/** These change what the rest of a request means, or belong to the connection. */
const NOT_PLAIN =
  /^(host|connection|content-length|transfer-encoding|expect|upgrade|te|trailer|keep-alive|proxy-.*)$/i;
const NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const VALUE = /^[\t -~\x80-\xff]*$/;

/**
 * Writes what comes before the body of a request.
 *
 * @param path with its query
 * @param host with its port
 * @param bodyBytes undefined if there is no body
 * @returns undefined if a header is one that only `node:http` may write, or refuse
 */
export function writeHead(
  { method, headers }: Pick<TransportRequest, "method" | "headers">,
  path: string,
  host: string,
  bodyBytes: number | undefined,
): string | undefined {
  let head = `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: keep-alive\r\n`;
  for (const name in headers) {
    const value: unknown = headers[name];
    if (NOT_PLAIN.test(name) || !NAME.test(name)) return undefined;
    if (typeof value !== "string" || !VALUE.test(value)) return undefined;
    head += `${name}: ${value}\r\n`;
  }
  // Only of these methods, a server expects the length of a body that is empty.
  const length = bodyBytes ?? (method === "PUT" || method === "POST" ? 0 : undefined);
  return head + (length === undefined ? "\r\n" : `Content-Length: ${length}\r\n\r\n`);
}
