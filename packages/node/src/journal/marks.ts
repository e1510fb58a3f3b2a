import type { RestoredLife, Trigger } from "@prefreeze/core/adapter";
import type { JournalFile } from "./journal-file.js";
import { MARK_BYTES, MARK_COUNT, MARKS_AT } from "./layout.js";
import { isSealed, seal } from "./sealed.js";

const TRIGGERS: readonly Trigger[] = ["datasource", "http", "pubsub", "timer", "other"];

/** Which invocations a state knows the end of: all up to `begun`, but those that still run. */
export interface Settled {
  readonly begun: number;
  readonly running: readonly number[];
}

/** The marks of invocations that run. */
export interface Marks {
  readonly died: RestoredLife["died"];
  /** The number of the mark; 0 where all places are taken. @throws Error */
  begin(trigger: Trigger, coldStart: boolean): number;
  end(mark: number): void;
  /** What a state that is written now is to say. */
  settled(): Settled;
  /** That state is written: what has ended needs its place no more. */
  free(): void;
}

/** @param left what the state that is gone on with says; undefined where there is none */
export function createMarks(file: JournalFile, left: Settled | undefined): Marks {
  const died: { mark: number; trigger: Trigger; coldStart: boolean }[] = [];
  const running = new Map<number, number>();
  const free: number[] = [];
  // Their outcome is not written yet: until it is, a crash has to find the mark.
  let ended: number[] = [];
  let begun = left?.begun ?? 0;

  const found = left && file.read(MARKS_AT, MARK_COUNT * MARK_BYTES);
  for (let place = MARK_COUNT - 1; place >= 0; place--) {
    const record = found?.subarray(place * MARK_BYTES, (place + 1) * MARK_BYTES);
    const mark = record && isSealed(record) ? record.readDoubleLE(8) : 0;
    if (record && left && (mark > left.begun || left.running.includes(mark))) {
      died.push({ mark, trigger: TRIGGERS[record[4]!] ?? "other", coldStart: record[5] === 1 });
      ended.push(place);
    } else free.push(place);
    begun = Math.max(begun, mark);
  }

  const record = Buffer.alloc(MARK_BYTES);
  return {
    died: died.sort((a, b) => a.mark - b.mark).map(({ mark: _, ...each }) => each),
    begin(trigger, coldStart) {
      const place = free.pop();
      if (place === undefined) return 0;
      running.set(++begun, place);
      record[4] = TRIGGERS.indexOf(trigger);
      record[5] = Number(coldStart);
      record.writeDoubleLE(begun, 8);
      seal(record);
      file.write(record, MARKS_AT + place * MARK_BYTES);
      return begun;
    },
    end(mark) {
      const place = running.get(mark);
      if (place === undefined) return;
      running.delete(mark);
      ended.push(place);
    },
    settled: () => ({ begun, running: [...running.keys()] }),
    free() {
      free.push(...ended);
      ended = [];
    },
  };
}
