const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: [\t -~\x80-\xff]*)?\r\n/;

/** The first line of an answer. */
export interface StatusLine {
  readonly status: number;
  /** HTTP/1.0 keeps no connection. */
  readonly isOld: boolean;
  /** Length of the line, its end included. */
  readonly length: number;
}

/**
 * Reads the status line.
 *
 * @throws Error if it is none of HTTP/1.0 or HTTP/1.1
 */
export function readStatusLine(head: string): StatusLine {
  const [line, minor, status] = STATUS_LINE.exec(head) ?? [];
  if (!line) throw new Error("a malformed status line");
  return { status: Number(status), isOld: minor === "0", length: line.length };
}
