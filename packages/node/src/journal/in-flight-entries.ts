import type { RestoredLife, Trigger } from "@prefreeze/core/adapter";
import type { JournalFile } from "./journal-file.js";
import { ENTRIES_AT, ENTRY_BYTES, ENTRY_COUNT } from "./layout.js";
import { isSealed, seal } from "./sealed.js";

const TRIGGERS: readonly Trigger[] = ["datasource", "http", "pubsub", "timer", "other"];

/** The invocations whose end is part of a state: all up to `begun`, except those still running. */
export interface Settled {
  readonly begun: number;
  readonly running: readonly number[];
}

/** The journal's entries of the invocations in flight. */
export interface InFlightEntries {
  readonly died: RestoredLife["died"];
  /** @returns the number of the entry; 0 if all places are taken. @throws Error */
  begin(trigger: Trigger, coldStart: boolean): number;
  end(entry: number): void;
  /** The settled invocations, to be stored with the next state. */
  settled(): Settled;
  /** That state is written: the invocations that have ended no longer need their places. */
  free(): void;
}

/** @param left what the restored state says; undefined if there is none */
export function createInFlightEntries(
  file: JournalFile,
  left: Settled | undefined,
): InFlightEntries {
  const died: { entry: number; trigger: Trigger; coldStart: boolean }[] = [];
  const running = new Map<number, number>();
  const free: number[] = [];
  /** From here on, no place was ever taken. */
  let unused = 0;
  // Their outcome is not written yet. Until it is, a crash must find the entry.
  let ended: number[] = [];
  let begun = left?.begun ?? 0;

  if (left) {
    const found = file.read(ENTRIES_AT, ENTRY_COUNT * ENTRY_BYTES);
    for (; unused < ENTRY_COUNT; unused++) {
      const record = found.subarray(unused * ENTRY_BYTES, (unused + 1) * ENTRY_BYTES);
      const entry = isSealed(record) ? record.readDoubleLE(8) : 0;
      if (entry > left.begun || left.running.includes(entry)) {
        died.push({ entry, trigger: TRIGGERS[record[4]!] ?? "other", coldStart: record[5] === 1 });
        ended.push(unused);
      } else free.push(unused);
      begun = Math.max(begun, entry);
    }
  }

  const record = Buffer.alloc(ENTRY_BYTES);
  return {
    died: died.sort((a, b) => a.entry - b.entry).map(({ entry: _, ...each }) => each),
    begin(trigger, coldStart) {
      const place = free.pop() ?? unused++;
      if (place >= ENTRY_COUNT) return 0;
      running.set(++begun, place);
      record[4] = TRIGGERS.indexOf(trigger);
      record[5] = Number(coldStart);
      record.writeDoubleLE(begun, 8);
      seal(record);
      file.write(record, ENTRIES_AT + place * ENTRY_BYTES);
      return begun;
    },
    end(entry) {
      const place = running.get(entry);
      if (place === undefined) return;
      running.delete(entry);
      ended.push(place);
    },
    settled: () => ({ begun, running: [...running.keys()] }),
    free() {
      free.push(...ended);
      ended = [];
    },
  };
}
