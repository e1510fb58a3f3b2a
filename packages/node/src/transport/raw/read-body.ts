import { type Arriving, takeLines } from "./arriving.js";
import { readHeaders } from "./read-headers.js";

/** Reads what has arrived of a body. @returns whether that was all of it */
export type ReadBody = (arriving: Arriving, take: (bytes: Buffer) => void) => boolean;

/** A body that the server ends by closing the connection. */
export const readUntilClose: ReadBody = (arriving, take) => {
  take(arriving.bytes.subarray(arriving.at));
  arriving.at = arriving.bytes.length;
  return false;
};

/** A body of that many bytes. */
export function readLength(leftBytes: number): ReadBody {
  return (arriving, take) => {
    const { bytes, at } = arriving;
    const end = Math.min(bytes.length, at + leftBytes);
    if (end > at) take(bytes.subarray(at, end));
    leftBytes -= end - at;
    arriving.at = end;
    return leftBytes === 0;
  };
}

/** A size that needs more digits is no answer to a push. */
const SIZE =
  /^([\da-f]{1,8})(?:;[\w!#$%&'*+.^`|~-]+(?:=(?:[\w!#$%&'*+.^`|~-]+|"[\t !#-[\]-~]*"))?)*\r\n$/i;

/** A body in chunks, each with its size before it. Extensions and trailers are checked, and mean nothing. */
export function readChunked(): ReadBody {
  let chunk: ReadBody | undefined;
  let next: "size" | "end" | "trailers" = "size";
  return (arriving, take) => {
    for (;;) {
      if (chunk) {
        if (!chunk(arriving, take)) return false;
        chunk = undefined;
        next = "end";
      }
      const lines = takeLines(arriving, next === "trailers" ? "\r\n\r\n" : "\r\n");
      if (lines === undefined) return false;
      if (next === "trailers") {
        for (const name in readHeaders(lines, 2))
          if (name !== "location") throw new Error(`${name} as a trailer`);
        return true;
      }
      if (next === "end") {
        if (lines.length > 2) throw new Error("a chunk longer than its size");
        next = "size";
        continue;
      }
      const size = parseInt(SIZE.exec(lines)?.[1] ?? "", 16);
      if (Number.isNaN(size)) throw new Error("a malformed size of a chunk");
      if (size > 0) chunk = readLength(size);
      else {
        next = "trailers";
        // The empty line follows at once if there are none.
        arriving.begun = "\r\n";
      }
    }
  };
}
