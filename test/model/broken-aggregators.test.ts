import fc from "fast-check";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { ChangeAggregate } from "./aggregators.js";
import { histories } from "./commands.js";
import { AGGREGATED } from "./kinds.js";
import { runHistory } from "./run-history.js";

beforeEach(() => {
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  return () => void vi.restoreAllMocks();
});

const BROKEN: readonly (readonly [string, ChangeAggregate])[] = [
  [
    "takes every life that it does not know for a new one",
    ({ push }) => ({
      push: (it) => push({ ...it, snapshot: it.snapshot.replace(/# ACKNOWLEDGED.*\n$/, "") }),
    }),
  ],
  [
    "answers pushes that it does not know as if they were older",
    ({ push }) => ({
      push: (it) => {
        const answer = push(it);
        return answer === "unknown life" ? "older" : answer;
      },
    }),
  ],
  [
    "answers before a push is durable",
    ({ changes }) => {
      let before = new Map<string, Uint8Array | undefined>();
      return {
        changes() {
          const late = before;
          before = changes();
          return late;
        },
      };
    },
  ],
  ["forgets everything when it is restarted", () => ({ restore: () => undefined })],
  [
    "restores its lives without their totals",
    ({ restore }) => ({
      restore: (pieces) => restore([...pieces].filter(([key]) => !key.startsWith("t/"))),
    }),
  ],
  [
    "restores its totals without their lives",
    ({ restore }) => ({
      restore: (pieces) => restore([...pieces].filter(([key]) => !key.startsWith("i/"))),
    }),
  ],
  [
    "takes a life for another one when its environment continues",
    ({ push }) => {
      let pushes = 0;
      return { push: (it) => push({ ...it, life: `${it.life}-${++pushes > 3}` }) };
    },
  ],
];

describe("the model detects an aggregator that", () => {
  test.each(BROKEN)("%s", async (_, change) => {
    const { failed } = await fc.check(
      fc.asyncProperty(histories(60, false), (commands) =>
        runHistory(AGGREGATED["answers first"], commands, { aggregate: change }),
      ),
      { numRuns: 1_000, seed: 42, endOnFailure: true },
    );
    expect(failed).toBe(true);
  });
});
