import { once } from "node:events";
import { type IncomingMessage, request as requestOn } from "node:http";
import { text } from "node:stream/consumers";
import type { WebOrder } from "./order.js";

/** The answer of a request whose connection was cut. */
export const CUT = "cut";

const DIFFERS_EACH_TIME = /^(date|x-vercel-id|etag)$/i;

/** Sends an order. @returns what the client sees, in comparable form: status, headers and body, or that it was cut */
export async function sendOrder(url: string, order: WebOrder): Promise<string> {
  const target = new URL(
    `/orders/${order.id}?order=${encodeURIComponent(JSON.stringify(order))}`,
    url,
  );
  const headers = {
    ...(order.shape === "cron" && { "x-vercel-cron": "true" }),
    ...(order.kind === "timeout" && { "x-deadline-in-ms": `${DEADLINE_IN_MS}` }),
  };
  const sent = requestOn(target, { agent: false, headers }).end();
  try {
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    const kept = response.rawHeaders.flatMap((name, i, all) =>
      i % 2 === 1 || DIFFERS_EACH_TIME.test(name) ? [] : [`${name.toLowerCase()}: ${all[i + 1]}`],
    );
    const body = order.kind === "abort" ? await firstLine(response) : await text(response);
    return JSON.stringify([response.statusCode, kept, body]);
  } catch {
    return CUT;
  }
}

/** The time of a request whose handler outlasts it, in milliseconds: long enough for the longest margin before a deadline. */
const DEADLINE_IN_MS = 2_500;

/** Goes away afterwards. */
async function firstLine(response: IncomingMessage): Promise<string> {
  const [chunk] = (await once(response, "data")) as [Buffer];
  response.destroy();
  // Chunks may arrive together.
  return chunk.toString().split("\n")[0]!;
}
