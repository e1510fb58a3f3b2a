import { randomInt } from "node:crypto";
import fc from "fast-check";
import { beforeEach, describe, test, vi } from "vitest";
import type { OpenJournal } from "@prefreeze/core/adapter";
import { histories } from "./commands.js";
import { KINDS } from "./kinds.js";
import { runHistory } from "./run-history.js";

// To run more histories: MODEL_HISTORIES=20000 npm test -- test/model
const HISTORIES = Number(process.env["MODEL_HISTORIES"] ?? 1_000);
const LENGTH = 40;

beforeEach(() => {
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  return () => void vi.restoreAllMocks();
});

const kinds = fc.constantFrom(...(Object.keys(KINDS) as (keyof typeof KINDS)[]));

/** Without it, a log would begin too seldom: the totals of the model are few. */
const oftenAll =
  (open: OpenJournal): OpenJournal =>
  (key) => {
    const journal = open(key);
    let writes = 0;
    return (
      journal && {
        ...journal,
        write(life, { changed, all }, pushing) {
          const text = changed();
          const isNew = ++writes % 2 === 0;
          journal.write(life, { changed: () => (isNew ? undefined : text), all }, pushing);
        },
      }
    );
  };

describe("whatever happens, in any order, no invocation is lost or counted twice", () => {
  test.each([
    ["a fixed seed", 42],
    ["a random seed", randomInt(2 ** 31)],
    ["a random seed, and a journal that often writes all totals", randomInt(2 ** 31), oftenAll],
  ])(
    "%s, %i",
    async (_, seed, change?: (open: OpenJournal) => OpenJournal) => {
      await fc.assert(
        fc.asyncProperty(kinds, histories(LENGTH), (kind, commands) =>
          runHistory(KINDS[kind], commands, change),
        ),
        { numRuns: HISTORIES, seed },
      );
    },
    600_000,
  );
});
