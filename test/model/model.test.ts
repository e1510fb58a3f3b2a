import { randomInt } from "node:crypto";
import fc from "fast-check";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { OpenJournal } from "@prefreeze/core/adapter";
import { histories } from "./commands.js";
import { AGGREGATED, KINDS } from "./kinds.js";
import { runHistory } from "./run-history.js";

// To run more histories: MODEL_HISTORIES=20000 npm test -- test/model
// MODEL_PRINT=1 prints in how many of them something was counted twice or lost, since nobody can decide it.
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
    async (_, seed, journal?: (open: OpenJournal) => OpenJournal) => {
      await fc.assert(
        fc.asyncProperty(kinds, histories(LENGTH), (kind, commands) =>
          runHistory(KINDS[kind], commands, { journal }),
        ),
        { numRuns: HISTORIES, seed },
      );
    },
    600_000,
  );
});

describe("the same is true through an aggregator", () => {
  test.each([
    ["a fixed seed", 42],
    ["a random seed", randomInt(2 ** 31)],
  ])(
    "and nothing is ever excused, %s, %i",
    async (_, seed) => {
      await fc.assert(
        fc.asyncProperty(kinds, histories(LENGTH), (kind, commands) =>
          runHistory(AGGREGATED[kind], commands, undefined, ({ excused }) =>
            expect(excused).toBe(false),
          ),
        ),
        { numRuns: HISTORIES / 2, seed },
      );
    },
    600_000,
  );

  test.each([
    ["a fixed seed", 42],
    ["a random seed", randomInt(2 ** 31)],
    ["a random seed, and a journal that often writes all totals", randomInt(2 ** 31), oftenAll],
  ])(
    "that loses its state or is one of two, but for what nobody can decide, %s, %i",
    async (_, seed, journal?: (open: OpenJournal) => OpenJournal) => {
      let excused = 0;
      await fc.assert(
        fc.asyncProperty(kinds, histories(LENGTH, false), (kind, commands) =>
          runHistory(
            AGGREGATED[kind],
            commands,
            { journal },
            (world) => (excused += +world.excused),
          ),
        ),
        { numRuns: HISTORIES / 2, seed },
      );
      if (process.env["MODEL_PRINT"])
        process.stdout.write(`${excused} of ${HISTORIES / 2} excused\n`);
    },
    600_000,
  );
});
