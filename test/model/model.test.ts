import { randomInt } from "node:crypto";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import * as users from "@prefreeze/core";
import * as adapters from "@prefreeze/core/adapter";
import { forgetAll } from "../../packages/core/test/core.js";
import { histories } from "./commands.js";
import { World } from "./world.js";

// More of them: MODEL_HISTORIES=20000 npm test -- test/model
const HISTORIES = Number(process.env["MODEL_HISTORIES"] ?? 700);
const LENGTH = 50;

// As the journal imports it, so that both have the same state.
const core = { ...users, ...adapters };

beforeEach(() => {
  forgetAll(core);
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  vi.useFakeTimers({ toFake: ["Date", "performance", "setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

async function run(journaled: boolean, seed: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(histories(journaled, LENGTH), async (commands) => {
      const world = new World(core, journaled);
      try {
        await fc.asyncModelRun(() => ({ model: {}, real: world }), commands);
        await world.heal();
        world.checkAll();
      } finally {
        world.stop();
      }
    }),
    { numRuns: HISTORIES, seed, endOnFailure: false },
  );
}

describe("whatever happens, in any order,", { timeout: 300_000 }, () => {
  test.each([
    ["with a journal, and processes that die", true, "a fixed seed", 42],
    ["with a journal, and processes that die", true, "a random seed", randomInt(2 ** 31)],
    ["without a journal", false, "a random seed", randomInt(2 ** 31)],
  ])(
    "every count is right in the end, and none is ever too high: %s (%s, %s %i)",
    async (_, journaled, _seed, seed) => {
      await run(journaled, seed);
      expect(HISTORIES).toBeGreaterThan(0);
    },
  );
});
