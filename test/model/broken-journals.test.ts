import fc from "fast-check";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Journal, OpenJournal, RestoredLife } from "@prefreeze/core/adapter";
import { histories } from "./commands.js";
import { KINDS } from "./kinds.js";
import { runHistory } from "./run-history.js";

beforeEach(() => {
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  return () => void vi.restoreAllMocks();
});

type Change = (journal: Journal) => Partial<Journal>;

const restoring =
  (change: (left: RestoredLife) => Partial<RestoredLife>): Change =>
  ({ restored }) => ({ restored: restored && { ...restored, ...change(restored) } });

const BROKEN: readonly (readonly [string, Change])[] = [
  ["forgets the totals under its id", restoring(() => ({ addTotals: () => undefined }))],
  ["adds the totals twice", restoring((left) => ({ addTotals: twice(left.addTotals) }))],
  ["counts the dead twice", restoring(({ died }) => ({ died: [...died, ...died] }))],
  ["restarts its sequence at zero", restoring(() => ({ sequence: 0 }))],
  ["takes a life in doubt for settled", restoring(() => ({ inDoubt: false }))],
  ["forgets what was acknowledged", restoring(() => ({ acknowledged: undefined }))],
  ["never ends an in-flight entry", () => ({ end: () => undefined })],
  [
    "writes only what is pushed",
    ({ write }) => ({
      write: (life, totals, pushing) => pushing && write(life, totals, pushing),
    }),
  ],
  [
    "forgets a change",
    ({ write }) => ({
      write(life, totals, pushing) {
        if (!pushing) totals.changed();
        write(life, totals, pushing);
      },
    }),
  ],
  ["never writes an acknowledgement", () => ({ acknowledge: () => undefined })],
];

function twice(work: () => void): () => void {
  return () => {
    work();
    work();
  };
}

describe("the model detects a journal that", () => {
  test.each(BROKEN)("%s", async (_, change) => {
    const broken =
      (open: OpenJournal): OpenJournal =>
      (key) => {
        const journal = open(key);
        return journal && { ...journal, ...change(journal) };
      };
    const { failed } = await fc.check(
      fc.asyncProperty(histories(60), (commands) =>
        runHistory(KINDS["answers first"], commands, { journal: broken }),
      ),
      { numRuns: 1_000, seed: 42, endOnFailure: true },
    );
    expect(failed).toBe(true);
  });
});
