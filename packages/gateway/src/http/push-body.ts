import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { BadRequest } from "../text/bad-request.js";

/** The limit for a body, before and after unpacking. The real gateway has none, but this one runs inside a test process. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

const unzip = promisify(gunzip);

/**
 * Reads the whole body, and unpacks it if its content-encoding is gzip.
 *
 * @throws BadRequest if the body is too large, is not the gzip that it claims to be, or is snappy
 */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  const encoding = request.headers["content-encoding"]?.toLowerCase();
  if (encoding === "snappy")
    throw new BadRequest("this gateway does not read snappy; send gzip or plain text", 415);
  // Like the real gateway, read a body with any other encoding as plain text.
  if (encoding !== "gzip") return body;
  try {
    return await unzip(body, { maxOutputLength: MAX_BODY_BYTES });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge();
    throw new BadRequest(
      `the content-encoding is gzip, but the body is not: ${(error as Error).message}`,
    );
  }
}

function tooLarge(): BadRequest {
  return new BadRequest(`the body is larger than ${MAX_BODY_BYTES} bytes`, 413);
}
