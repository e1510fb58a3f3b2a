import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { get } from "node:https";

/**
 * Sends a GET request over TLS.
 *
 * @param ca the path of the authority's certificate
 * @param auth user name and password, with a colon between them
 */
export async function getOverTls(
  url: string,
  ca: string,
  auth?: string,
): Promise<{ status: number | undefined; body: string }> {
  const request = get(url, { ca: await readFile(ca), agent: false, ...(auth && { auth }) });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const body = Buffer.concat(await response.toArray()).toString();
  return { status: response.statusCode, body };
}
