import type { Totals, WrittenLife } from "@prefreeze/core/adapter";
import type { Settled } from "./in-flight-entries.js";
import type { JournalFile } from "./journal-file.js";
import { LOG_BYTES, LOGS_AT, MAX_TOTALS_BYTES, RECORD_HEAD_BYTES, SEPARATOR } from "./layout.js";
import type { State } from "./read-log.js";
import { seal } from "./sealed.js";

/** A log with fewer bytes of changes is not rewritten, however few all totals take. */
const MIN_CHANGES_BYTES = 131_072;

/** Writes states: changes at the end of one log, or all totals at the start of the other. */
export interface LogWriter {
  /** @throws Error if the write fails, or the totals are too long */
  write(life: WrittenLife, settled: Settled, totals: Totals, pushing: boolean): void;
  /** @throws Error if the write fails */
  acknowledge(life: WrittenLife, whole: boolean): void;
}

/**
 * @param identity what the journal belongs to
 * @param left the newest state in the file
 */
export function createLogWriter(
  file: JournalFile,
  identity: object,
  left: State | undefined,
): LogWriter {
  let log = left?.log ?? 1;
  let count = left?.count ?? 0;
  let newestId: string | undefined;
  let pushedSequence: number | undefined;
  // Of the log in use.
  let end = 0;
  let changesAt = 0;
  let totalsBytes = 0;
  let buffer = Buffer.alloc(16_384);

  function append(members: object, text: string): void {
    const json = JSON.stringify(members);
    const bytes = RECORD_HEAD_BYTES + Buffer.byteLength(json) + 1 + Buffer.byteLength(text);
    const padding = -bytes & 3;
    const length = bytes + padding;
    if (buffer.length < length) buffer = Buffer.alloc(2 ** Math.ceil(Math.log2(length)));
    buffer.writeUInt32LE(length, 4);
    buffer.writeDoubleLE(++count, 8);
    buffer.write(`${json}${" ".repeat(padding)}\n${text}`, RECORD_HEAD_BYTES);
    seal(buffer, length);
    file.write(buffer, LOGS_AT + log * LOG_BYTES + end, length);
    end += length;
  }

  return {
    write({ id, url, sequence, startedAtMs, inDoubt, acknowledged }, settled, totals, pushing) {
      const changed = totals.changed();
      // The start of a log costs as much as all changes before. While a push is sent, nothing waits for it.
      const usualBytes = Math.min(2 * totalsBytes, MAX_TOTALS_BYTES);
      const mostBytes = (pushing ? 1 : 2) * Math.max(usualBytes, MIN_CHANGES_BYTES);
      const restart = changed === undefined || id !== newestId || end - changesAt > mostBytes;
      const text = restart ? totals.all() : changed;
      const bytes = Buffer.byteLength(text);
      if (bytes > MAX_TOTALS_BYTES)
        throw new Error(`the totals take more than ${MAX_TOTALS_BYTES} bytes: lower maxSeries`);
      const members = { id, url, sequence, inDoubt, pushing, ...settled };
      if (restart) {
        log = 1 - log;
        end = 0;
        append(
          {
            ...members,
            startedAtMs,
            identity,
            acknowledgedAtMs: acknowledged?.atMs,
            acknowledgedSequence: acknowledged?.sequence,
          },
          text + SEPARATOR + (acknowledged?.totals ?? ""),
        );
        newestId = id;
        changesAt = end;
        totalsBytes = bytes;
        pushedSequence = undefined;
      } else append(members, text);
      if (pushing) pushedSequence = sequence;
    },
    acknowledge({ id, sequence, inDoubt, acknowledged }, whole) {
      if (id !== newestId) return;
      const { totals, atMs, sequence: acknowledgedSequence } = acknowledged!;
      // If this log began after the push, it does not have what was pushed.
      const text = whole && pushedSequence === sequence ? "" : SEPARATOR + totals;
      append({ inDoubt, acknowledgedAtMs: atMs, acknowledgedSequence }, text);
    },
  };
}
