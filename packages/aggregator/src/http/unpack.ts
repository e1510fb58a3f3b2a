import { gunzip } from "node:zlib";
import { Refusal } from "./answer.js";
import { MAX_BODY_BYTES, tooLarge } from "./read-body.js";

/** Unpacks a body that was sent with gzip. */
export function unpack(body: Buffer, done: (body: Buffer, refusal?: Refusal) => void): void {
  gunzip(body, { maxOutputLength: MAX_BODY_BYTES }, (error, bytes) => {
    if (!error) done(bytes);
    else if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE")
      done(body, tooLarge());
    else
      done(
        body,
        new Refusal(400, `the content-encoding is gzip, but the body is not: ${error.message}`),
      );
  });
}
