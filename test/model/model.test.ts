import { randomInt } from "node:crypto";
import fc from "fast-check";
import { beforeEach, describe, test, vi } from "vitest";
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

describe("whatever happens, in any order, no invocation is lost or counted twice", () => {
  test.each([
    ["a fixed seed", 42],
    ["a random seed", randomInt(2 ** 31)],
  ])(
    "%s, %i",
    async (_, seed) => {
      await fc.assert(
        fc.asyncProperty(kinds, histories(LENGTH), (kind, commands) =>
          runHistory(KINDS[kind], commands),
        ),
        { numRuns: HISTORIES, seed },
      );
    },
    600_000,
  );
});
