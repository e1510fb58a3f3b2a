import type { JournalLife } from "@prefreeze/core/adapter";
import type { JournalFile } from "./journal-file.js";
import {
  ACKNOWLEDGEMENT_BYTES,
  ACKNOWLEDGEMENTS_AT,
  SLOT_BYTES,
  SLOT_HEAD_BYTES,
  SLOTS_AT,
} from "./layout.js";
import type { Settled } from "./in-flight-entries.js";
import { seal } from "./sealed.js";
import type { States } from "./states.js";

/** Writes states over those that are no longer needed. */
export interface StateWriter {
  /** @throws Error if the write fails, or the totals do not fit */
  write(life: JournalLife, settled: Settled, totals: string, pushing: boolean): void;
  /** @throws Error if the write fails */
  acknowledge(sequence: number, atMs: number): void;
}

/** @param identity what the journal belongs to, as one line of JSON */
export function createStateWriter(
  file: JournalFile,
  identity: string,
  { newest: left, acknowledged: leftAcknowledged, spare }: States,
): StateWriter {
  let count = left?.count ?? 0;
  let newest = left?.slot;
  let acknowledged = leftAcknowledged?.slot;
  let pushed:
    | { readonly slot: number; readonly count: number; readonly sequence: number }
    | undefined;
  let buffer = Buffer.alloc(16_384);
  const acknowledgement = Buffer.alloc(ACKNOWLEDGEMENT_BYTES);

  function slotToWrite(): number {
    let slot = 0;
    while (slot === newest || slot === acknowledged || slot === pushed?.slot) slot++;
    return slot;
  }

  return {
    write({ id, url, sequence, inDoubt }, settled, totals, pushing) {
      const life = JSON.stringify({ id, url, sequence, inDoubt, ...settled });
      const head = `${identity}\n${life}\n`;
      // A UTF-16 unit takes at most three bytes in UTF-8.
      const mostBytes = SLOT_HEAD_BYTES + 3 * (head.length + totals.length);
      if (buffer.length < mostBytes && mostBytes < 8 * SLOT_BYTES)
        buffer = Buffer.alloc(2 ** Math.ceil(Math.log2(mostBytes)));
      let length = SLOT_HEAD_BYTES + buffer.write(head, SLOT_HEAD_BYTES);
      length += buffer.write(totals, length);
      if (length > SLOT_BYTES || buffer.length < mostBytes)
        throw new Error(`the totals take more than ${SLOT_BYTES} bytes: lower maxSeries`);
      buffer.writeUInt32LE(length, 4);
      buffer.writeDoubleLE(++count, 8);
      seal(buffer, length);
      const slot = slotToWrite();
      file.write(buffer, SLOTS_AT + slot * SLOT_BYTES, length);
      newest = slot;
      if (pushing) pushed = { slot, count, sequence };
    },
    acknowledge(sequence, atMs) {
      if (pushed?.sequence !== sequence) return;
      acknowledgement.writeDoubleLE(pushed.count, 8);
      acknowledgement.writeDoubleLE(atMs, 16);
      seal(acknowledgement);
      file.write(acknowledgement, ACKNOWLEDGEMENTS_AT[spare]!);
      spare = 1 - spare;
      acknowledged = pushed.slot;
      pushed = undefined;
    },
  };
}
