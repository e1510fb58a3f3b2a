import { once } from "node:events";
import { type IncomingMessage, request as requestOn } from "node:http";
import { text } from "node:stream/consumers";

/** What a client sees of an answer: status, headers and body. */
export type Answer = readonly [number, readonly string[], string];

/**
 * Sends a request on a connection of its own: nobody could tell whether one on a kept connection that was closed meanwhile
 * has arrived.
 */
export async function request(url: URL, body: unknown): Promise<Answer> {
  const sent = requestOn(url, { method: "POST", agent: false }).end(JSON.stringify(body));
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  const headers = response.rawHeaders.filter(
    (_header, i, all) => !/^date$/i.test(all[i - (i % 2)]!),
  );
  return [response.statusCode!, headers, await text(response)];
}
