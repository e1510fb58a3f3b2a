import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { BadRequest } from "../text/bad-request.js";

/** Of a body, compressed and not. The real gateway has no limit; this one lives in somebody's test process. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

const unzip = promisify(gunzip);

/**
 * Reads the whole body, and unpacks it where it is gzipped.
 *
 * @throws BadRequest for a body that is too large or is no gzip
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
  // The real gateway knows no other encoding, and takes a body for plain that names one.
  if (request.headers["content-encoding"] !== "gzip") return body;
  try {
    return await unzip(body, { maxOutputLength: MAX_BODY_BYTES });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge();
    throw new BadRequest(
      `the body is not gzip, as its content-encoding says: ${(error as Error).message}`,
    );
  }
}

function tooLarge(): BadRequest {
  return new BadRequest(`the body is larger than ${MAX_BODY_BYTES} bytes`, 413);
}
