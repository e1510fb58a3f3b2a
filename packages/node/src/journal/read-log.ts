import type { WrittenLife } from "@prefreeze/core/adapter";
import type { JournalFile } from "./journal-file.js";
import type { Settled } from "./in-flight-entries.js";
import { LOG_BYTES, LOGS_AT, RECORD_HEAD_BYTES, SEPARATOR_LINE } from "./layout.js";
import { isSealed } from "./sealed.js";

/** A life and its totals, as they were at one moment. */
export interface State extends WrittenLife, Settled {
  /** The index of the log that it was read from. */
  readonly log: number;
  /** The number of its last record. */
  readonly count: number;
  /** What the journal belongs to. */
  readonly identity: object;
  /** In the text format, followed by the changes. */
  readonly totals: string;
}

/** @returns undefined if nothing was written @throws Error if neither log has a whole first record */
export function readNewestState(file: JournalFile): State | undefined {
  const [newest] = [readLog(file, 0), readLog(file, 1)]
    .filter((state) => state !== undefined)
    .sort((a, b) => b.count - a.count);
  const isWritten = (log: number) =>
    file.read(LOGS_AT + log * LOG_BYTES, RECORD_HEAD_BYTES).some((byte) => byte !== 0);
  if (!newest && (isWritten(0) || isWritten(1))) throw new Error("it is damaged");
  return newest;
}

function readLog(file: JournalFile, log: number): State | undefined {
  let at = LOGS_AT + log * LOG_BYTES;
  let count = 0;
  const members = {} as Omit<State, "acknowledged"> & {
    readonly pushing: boolean;
    readonly acknowledgedAtMs?: number;
    readonly acknowledgedSequence?: number;
  };
  const texts: string[] = [];
  let pushed: readonly string[] = [];
  let acknowledged: readonly string[] = [];
  for (;;) {
    const head = file.read(at, RECORD_HEAD_BYTES);
    // With a wrong length, the record does not match its checksum.
    const length = head.length < 8 ? 0 : Math.min(head.readUInt32LE(4), LOG_BYTES) & ~3;
    const record = file.read(at, length);
    if (record.length < length || !isSealed(record)) break;
    const number = record.readDoubleLE(8);
    // A record that an earlier log left here.
    if (count > 0 && number !== count + 1) break;
    const [text, before] = record.toString("utf8", RECORD_HEAD_BYTES).split(SEPARATOR_LINE);
    const textAt = text!.indexOf("\n") + 1;
    const read = JSON.parse(text!.slice(0, textAt)) as Partial<typeof members>;
    Object.assign(members, read);
    texts.push(text!.slice(textAt));
    if (read.pushing) pushed = texts.slice();
    if (before !== undefined) acknowledged = [before];
    else if (read.acknowledgedAtMs !== undefined) acknowledged = pushed;
    count = number;
    at += length;
  }
  // An older writer leaves the sequence number out.
  const { acknowledgedAtMs: atMs, acknowledgedSequence: sequence = 0 } = members;
  return count === 0
    ? undefined
    : {
        ...members,
        log,
        count,
        totals: texts.join(""),
        acknowledged:
          atMs === undefined ? undefined : { totals: acknowledged.join(""), sequence, atMs },
      };
}
