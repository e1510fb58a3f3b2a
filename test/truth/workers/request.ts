import { once } from "node:events";
import { type IncomingMessage, request as requestOn } from "node:http";

/** What a client sees of an answer: status, headers, and the body or its first line. */
export type Answer = readonly [number, readonly string[], string];

/**
 * Sends a request on a connection of its own: nobody could tell whether one on a kept connection that was closed meanwhile
 * has arrived.
 *
 * @param chunks after this many, the client goes away
 */
export async function request(url: URL, body: unknown, chunks = Infinity): Promise<Answer> {
  const sent = requestOn(url, { method: "POST", agent: false }).end(JSON.stringify(body));
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  const headers = response.rawHeaders.filter(
    (_header, i, all) => !/^date$/i.test(all[i - (i % 2)]!),
  );
  const read: string[] = [];
  for await (const chunk of response.setEncoding("utf8")) {
    read.push(chunk as string);
    if (read.length >= chunks) break;
  }
  // Chunks may arrive together.
  const text = Number.isFinite(chunks) ? read[0]!.split("\n")[0]! : read.join("");
  return [response.statusCode!, headers, text];
}
