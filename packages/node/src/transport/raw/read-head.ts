import { type ReadBody, readChunked, readLength, readUntilClose } from "./read-body.js";
import { readHeaders } from "./read-headers.js";
import { readStatusLine } from "./read-status-line.js";

/** What comes before the body of an answer. */
export interface Head {
  readonly status: number;
  readonly location: string | undefined;
  /** How long the connection may be idle and still be used again, in milliseconds: 0 if it ends with this answer. */
  readonly longestIdleMs: number;
  /** Undefined if there is no body. */
  readonly readBody: ReadBody | undefined;
}

/** Servers close the connection about then, and what is sent meanwhile is lost. */
const IDLE_MARGIN_MS = 1_000;

/**
 * Reads status line and headers.
 *
 * @param text that ends with the empty line after the headers
 * @returns undefined if another answer follows, which is the one that counts
 * @throws Error if it is not what llhttp accepts in strict mode, or is rare
 */
export function readHead(text: string): Head | undefined {
  const { status, isOld, length: lineLength } = readStatusLine(text);
  const headers = readHeaders(text, lineLength);
  const { connection, location, "content-length": length, "transfer-encoding": coding } = headers;
  const isBare = status === 204 || status === 304;
  const isFramed = length !== undefined || coding !== undefined;
  if (status < 200) {
    if (status === 101 || isOld || isFramed || connection !== undefined)
      throw new Error(`an answer ${status}`);
    return undefined;
  }
  if (length !== undefined && (coding !== undefined || !/^\d{1,15}$/.test(length)))
    throw new Error("a malformed content-length");
  if (coding !== undefined && (isOld || !/^chunked$/i.test(coding)))
    throw new Error("a transfer-encoding other than chunked");
  const isKept =
    !isOld &&
    (isFramed || isBare) &&
    /^(keep-alive)?$/i.test(connection ?? "") &&
    headers["proxy-connection"] === undefined &&
    headers["upgrade"] === undefined;
  const [, seconds = Infinity] = /^timeout=(\d+)/.exec(headers["keep-alive"] ?? "") ?? [];
  const longestIdleMs = isKept ? Math.max(0, Number(seconds) * 1_000 - IDLE_MARGIN_MS) : 0;
  let readBody: ReadBody | undefined;
  if (isBare) readBody = undefined;
  else if (coding !== undefined) readBody = readChunked();
  else if (!isFramed) readBody = readUntilClose;
  else if (Number(length) > 0) readBody = readLength(Number(length));
  return { status, location, longestIdleMs, readBody };
}
