import type { TransportResponse } from "@prefreeze/core";
import { type Arriving, newArriving, takeLines } from "./arriving.js";
import { readUntilClose } from "./read-body.js";
import { type Head, readHead } from "./read-head.js";
import { headerIn } from "./read-headers.js";

/** An answer, with the header that was wanted of it. */
export interface Answer extends TransportResponse {
  readonly header: string | undefined;
}

/** Reads one answer, however it is split. */
export interface AnswerReader {
  /** Undefined until status line and headers have arrived. */
  readonly head: Head | undefined;
  /**
   * Reads the next bytes.
   *
   * @returns whether the answer is there: all of it, or as much as is wanted
   * @throws Error if it is not one that is read here
   */
  read(bytes: Buffer): boolean;
  /** The server has closed the connection. @returns whether that ends the answer */
  end(): boolean;
  /** The connection can be used again, for so many milliseconds. */
  longestIdleMs(): number;
  /** What has arrived of the answer. */
  response(): Answer;
}

/** A server of another protocol may wait for more, so it is told by its first bytes. */
const START = "HTTP/1.";

/**
 * @param wanted characters of the body: if there are more, the answer ends with the bytes that bring them
 * @param headerName the header that is wanted, in lower case; undefined if none is
 */
export function answerReader(wanted: number, headerName?: string): AnswerReader {
  let arriving: Arriving | undefined;
  let head: Head | undefined;
  let decoder: import("node:string_decoder").StringDecoder | undefined;
  let header: string | undefined;
  let body = "";
  let isCut = false;
  let isWhole = false;
  const take = (bytes: Buffer) => {
    if (isCut) return;
    // Characters may be split, too.
    decoder ??= new (process.getBuiltinModule("node:string_decoder").StringDecoder)("utf8");
    body += decoder.write(bytes);
    isCut = body.length > wanted;
  };
  return {
    get head() {
      return head;
    },
    read(bytes) {
      if (arriving) {
        arriving.bytes = bytes;
        arriving.at = 0;
      } else arriving = newArriving(bytes);
      while (!head) {
        const lines = takeLines(arriving, "\r\n\r\n");
        if (lines === undefined) {
          if (START.startsWith(arriving.begun.slice(0, START.length))) return false;
          throw new Error("a malformed status line");
        }
        head = readHead(lines);
        if (head && headerName) header = headerIn(lines, headerName);
      }
      isWhole = !head.readBody || head.readBody(arriving, take);
      if (isWhole && arriving.at < bytes.length) throw new Error("more bytes than its length");
      return isWhole || isCut;
    },
    end: () => (isWhole = head?.readBody === readUntilClose),
    longestIdleMs: () => (isCut || !head ? 0 : head.longestIdleMs),
    response() {
      if (decoder && isWhole && !isCut) body += decoder.end();
      return { status: head!.status, body, location: head!.location, header };
    },
  };
}
