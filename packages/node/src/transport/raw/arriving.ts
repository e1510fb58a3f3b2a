/** What Node.js allows by default for the lines of one answer. */
const MAX_LINE_BYTES = 16_384;

/** The bytes of one answer, as they arrive. */
export interface Arriving {
  /** The newest ones. */
  bytes: Buffer;
  /** How many of them have been read. */
  at: number;
  /** Lines that have begun in bytes before. */
  begun: string;
  /** How many bytes of lines have been read before: status lines, headers, sizes of chunks, trailers. */
  lineBytes: number;
}

/** An answer of which these bytes have arrived, and none of them is read. */
export function newArriving(bytes: Buffer): Arriving {
  return { bytes, at: 0, begun: "", lineBytes: 0 };
}

/**
 * Takes lines.
 *
 * @param end of the last one of them
 * @returns the lines with that end, as Latin-1; undefined if not all of them has arrived
 * @throws Error if they are too long
 */
export function takeLines(arriving: Arriving, end: string): string | undefined {
  const { bytes, at, begun } = arriving;
  const room = MAX_LINE_BYTES - arriving.lineBytes;
  const text = begun + bytes.toString("latin1", at, at + room - begun.length);
  const found = text.indexOf(end, begun.length - end.length);
  if (found === -1) {
    if (text.length >= room) throw new Error("more than 16 KiB of headers");
    // The end that is waited for may never come.
    if (/\r[^\n]|(?<!\r)\n/.test(text)) throw new Error("a malformed end of a line");
    arriving.begun = text;
    arriving.at = bytes.length;
    return undefined;
  }
  const length = found + end.length;
  arriving.begun = "";
  arriving.at += length - begun.length;
  arriving.lineBytes += length;
  return text.slice(0, length);
}
