import type { IncomingMessage } from "node:http";
import { Refusal } from "./answer.js";

/** The longest body, before and after unpacking. Writers push 1,000,000 bytes at most. */
export const MAX_BODY_BYTES = 16 * 1024 * 1024;
/** All bodies that are being read together. */
const MAX_PENDING_BYTES = 8 * MAX_BODY_BYTES;

let pendingBytes = 0;

/**
 * Reads the whole body of a request.
 *
 * @param done called once, unless the client goes away first
 */
export function readBody(
  request: IncomingMessage,
  done: (body: Buffer, refusal?: Refusal) => void,
): void {
  const announced = Number(request.headers["content-length"] ?? 0);
  if (announced > MAX_BODY_BYTES) {
    done(NOTHING, tooLarge());
    return;
  }
  let first: Buffer | undefined;
  let rest: Buffer[] | undefined;
  let length = 0;
  let ended = false;
  const end = (body: Buffer, refusal?: Refusal) => {
    if (ended) return;
    ended = true;
    pendingBytes -= length;
    done(body, refusal);
  };
  request
    .on("data", (chunk: Buffer) => {
      if (ended) return;
      length += chunk.length;
      pendingBytes += chunk.length;
      if (length > MAX_BODY_BYTES) end(NOTHING, tooLarge());
      else if (pendingBytes > MAX_PENDING_BYTES)
        end(NOTHING, new Refusal(503, "too many large bodies at once: push again later"));
      else if (first === undefined) first = chunk;
      else (rest ??= [first]).push(chunk);
    })
    .on("end", () => end(rest === undefined ? (first ?? NOTHING) : Buffer.concat(rest, length)))
    .on("close", () => {
      if (ended) return;
      ended = true;
      pendingBytes -= length;
    });
}

const NOTHING = Buffer.alloc(0);

export function tooLarge(): Refusal {
  return new Refusal(413, `the body is larger than ${MAX_BODY_BYTES} bytes`);
}
