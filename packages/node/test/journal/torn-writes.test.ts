import { shared } from "../../../core/test/internals.js";
import fc from "fast-check";
import { rmSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { collectWarnings } from "../../../core/test/core.js";
import {
  acknowledged,
  LIFE,
  newJournalDirectory,
  type JournalDirectory,
  putParts,
  readParts,
  restoredTotal,
  textOf,
  totalsOf,
  totalsWith,
  valueIn,
} from "./journal-directory.js";

let journalDirectory: JournalDirectory;

beforeEach(() => {
  journalDirectory = newJournalDirectory();
  collectWarnings();
});

/** What the next process restores from this file; a file that it cannot read starts a new life. */
function restoredFrom(file: Buffer): string {
  putParts(journalDirectory.path, file);
  shared("warned", new Set()).clear();
  const journal = journalDirectory.open();
  const restored = journal?.restored;
  const { id, url, sequence, inDoubt, acknowledged, died } = restored ?? {};
  const value = restored && restoredTotal(restored);
  journal?.remove();
  const acknowledgedSnapshot = acknowledged && {
    value: valueIn(acknowledged.totals),
    sequence: acknowledged.sequence,
    atMs: acknowledged.atMs,
  };
  return JSON.stringify({ id, url, sequence, inDoubt, acknowledgedSnapshot, died, value });
}

const NEW_LIFE = JSON.stringify({});

const STEPS = [
  "begin",
  "end",
  "write",
  "write",
  "push",
  "push",
  "acknowledge",
  "write all",
  "restart",
] as const;

interface Step {
  readonly what: (typeof STEPS)[number];
  readonly length: number;
}

const history = fc.array(
  fc.record<Step>({
    what: fc.constantFrom(...STEPS),
    length: fc.nat(300),
  }),
  { minLength: 1, maxLength: 12 },
);

/** The file before and after the last write of a history. */
function lastWriteOf(steps: readonly Step[]): { readonly before: Buffer; readonly after: Buffer } {
  rmSync(journalDirectory.path, { force: true });
  let journal = journalDirectory.open()!;
  let before = readParts(journalDirectory.path);
  let after = before;
  let life = LIFE;
  let pushed = "";
  const entries: number[] = [];
  for (const { what, length } of steps) {
    run(what, length);
    const now = readParts(journalDirectory.path);
    if (!now.equals(after)) [before, after] = [after, now];
  }
  journal.remove();
  return { before, after };

  function run(what: Step["what"], length: number): void {
    if (what === "begin") entries.push(journal.begin("http", length > 150));
    else if (what === "end") journal.end(entries.shift() ?? 0);
    else if (what === "acknowledge") {
      const acknowledged = { totals: pushed, sequence: life.sequence, atMs: length };
      life = { ...life, inDoubt: false, acknowledged };
      journal.acknowledge(life, true);
    } else if (what === "restart") {
      journal = journalDirectory.reopen()!;
      life = { ...life, acknowledged: journal.restored?.acknowledged };
    } else {
      const text = textOf(length).replace("Orders.", "é".repeat(length + 1));
      if (what === "push") {
        life = { ...life, sequence: life.sequence + 1, inDoubt: true };
        pushed = text;
      }
      journal.write(life, totalsWith(text, what === "write all"), what === "push");
    }
  }
}

/** The range of bytes that a write changed. */
function changed(before: Buffer, after: Buffer): readonly [from: number, to: number] {
  let [from, to] = [0, after.length];
  while (from < to && before[from] === after[from]) from++;
  while (to > from && before[to - 1] === after[to - 1]) to--;
  return [from, to];
}

/** The file if only the bytes before `end` were written. */
function torn(before: Buffer, after: Buffer, end: number): Buffer {
  const file = Buffer.from(before);
  after.copy(file, 0, 0, end);
  return file;
}

describe("a process killed in the middle of a write", () => {
  it("leaves the state before or after the write, at every single byte", () => {
    const kinds: Step["what"][] = ["push", "acknowledge", "begin", "restart", "push"];
    kinds.push("write all", "write", "acknowledge");
    const steps = kinds.map((what, i) => ({ what, length: i + 1 }));
    const others: string[] = [];
    for (let count = 1; count <= steps.length; count++) {
      const { before, after } = lastWriteOf(steps.slice(0, count));
      const either = [restoredFrom(before), restoredFrom(after)];
      const [from, to] = changed(before, after);
      for (let end = from; end <= to; end++) {
        const left = restoredFrom(torn(before, after, end));
        if (!either.includes(left)) others.push(`${count} steps, cut at ${end}: ${left}`);
      }
    }
    expect(others).toEqual([]);
  }, 120_000);

  it("leaves the state before or after the write, in any history", () => {
    fc.assert(
      fc.property(history, fc.double({ min: 0, max: 1, noNaN: true }), (steps, part) => {
        const { before, after } = lastWriteOf(steps);
        const [from, to] = changed(before, after);
        const file = torn(before, after, from + Math.floor((to - from) * part));
        expect([restoredFrom(before), restoredFrom(after)]).toContain(restoredFrom(file));
      }),
      { numRuns: 150 },
    );
  }, 120_000);
});

describe("a write with some wrong bytes", () => {
  it("leaves the state before or after it, or starts a new life", () => {
    fc.assert(
      fc.property(
        history,
        fc.array(
          fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 255 })),
          {
            minLength: 1,
            maxLength: 10,
          },
        ),
        (steps, wrong) => {
          const { before, after } = lastWriteOf(steps);
          const [from, to] = changed(before, after);
          const file = Buffer.from(after);
          for (const [part, bits] of wrong) {
            const at = from + Math.floor((to - from) * part);
            if (at < to) file[at]! ^= bits;
          }
          const left = restoredFrom(file);
          expect([restoredFrom(before), restoredFrom(after), NEW_LIFE]).toContain(left);
        },
      ),
      { numRuns: 150 },
    );
  }, 120_000);
});

describe("a file with any wrong bytes", () => {
  it("restores totals that were written once, or starts a new life, and never throws", () => {
    const journal = journalDirectory.open()!;
    const sequences = Array.from({ length: 7 }, (_, i) => i + 1);
    for (const sequence of sequences) {
      journal.begin("http", true);
      journal.write({ ...LIFE, sequence }, totalsOf(sequence), true);
      if (sequence % 3 === 0) journal.acknowledge(acknowledged(sequence, sequence), true);
    }
    const file = readParts(journalDirectory.path);
    journal.remove();
    // Prefers bytes that are used: the others are empty or past the end of the records.
    const used = Array.from(file.keys()).filter((i) => file[i] !== 0);
    const at = fc.oneof(
      fc.nat(used.length - 1).map((i) => used[i]!),
      fc.nat(file.length - 1),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(at, fc.uint8Array({ minLength: 1, maxLength: 40 })), { maxLength: 12 }),
        fc.oneof(fc.constant(file.length), fc.nat(file.length)),
        (wrong, length) => {
          const damaged = Buffer.from(file);
          for (const [start, bytes] of wrong)
            damaged.set(bytes.subarray(0, file.length - start), start);
          const { id, sequence, value } = JSON.parse(restoredFrom(damaged.subarray(0, length))) as {
            readonly id?: string;
            readonly sequence?: number;
            readonly value?: number;
          };
          if (id === undefined) expect(value).toBeUndefined();
          else expect([id, value]).toEqual([LIFE.id, sequence]);
        },
      ),
      { numRuns: 250 },
    );
  }, 120_000);
});
