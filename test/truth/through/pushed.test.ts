import { describe, expect, test } from "vitest";
import { type Answer, createPushed } from "./pushed.js";
import { totalOf } from "./compare.js";

const SERIES = "orders_total";

/** A record of pushes: each is a life, a sequence, what was acknowledged, the total, the state it met and the answer. */
function recordOf(...pushes: [string, number, number, number, string, Answer][]) {
  const pushed = createPushed();
  for (const [life, sequence, acknowledged, total, at, answer] of pushes) {
    const snapshot = {
      environment: life.split("-")[0]!,
      life,
      sequence,
      acknowledged,
      values: new Map([[SERIES, total]]),
    };
    pushed.answered(snapshot, at, answer);
  }
  return {
    counted: totalOf(pushed.counted()).get(SERIES) ?? 0,
    undecided: totalOf(pushed.undecided()).get(SERIES) ?? 0,
    unseen: pushed.unseen().get(SERIES) ?? 0,
  };
}

describe("what aggregators must have counted", () => {
  test("is the newest total of each life, whatever was repeated or came late", () => {
    expect(
      recordOf(
        ["e-1", 1, 0, 3, "a", "applied"],
        ["e-1", 2, 1, 5, "a", "applied"],
        ["e-1", 1, 0, 3, "a", "applied"],
        ["f-1", 1, 0, 7, "a", "applied"],
      ),
    ).toEqual({ counted: 12, undecided: 0, unseen: 0 });
  });

  test("goes on exactly if a life that another aggregator does not know is renewed", () => {
    expect(
      recordOf(
        ["e-1", 1, 0, 3, "a", "applied"],
        ["e-1", 2, 1, 5, "b", "unknown life"],
        ["e-2", 1, 0, 2, "b", "applied"],
      ),
    ).toEqual({ counted: 5, undecided: 0, unseen: 0 });
  });

  test("is too much by what was in doubt at one aggregator if the next push meets another", () => {
    expect(
      recordOf(
        ["e-1", 1, 0, 3, "a", "applied"],
        // Applied, but its answer did not arrive.
        ["e-1", 2, 1, 4, "a", "applied"],
        ["e-1", 3, 1, 5, "b", "unknown life"],
        ["e-2", 1, 0, 2, "b", "applied"],
      ),
    ).toEqual({ counted: 6, undecided: 1, unseen: 0 });
  });

  test("is too much by the whole life if nothing of it was acknowledged", () => {
    expect(recordOf(["e-1", 1, 0, 3, "a", "applied"], ["e-1", 2, 0, 4, "b", "applied"])).toEqual({
      counted: 7,
      undecided: 3,
      unseen: 0,
    });
  });

  test("is counted twice, and no matter of doubt, if an unknown life is applied although something was acknowledged", () => {
    expect(recordOf(["e-1", 1, 0, 3, "a", "applied"], ["e-1", 2, 1, 5, "b", "applied"])).toEqual({
      counted: 8,
      undecided: 0,
      unseen: 0,
    });
  });

  test("is not too much if the same aggregator answers the next push", () => {
    expect(
      recordOf(
        ["e-1", 1, 0, 3, "a", "applied"],
        ["e-1", 2, 1, 4, "a", "applied"],
        ["e-1", 3, 1, 5, "b", "unknown life"],
        // The answer did not arrive, and the life goes on where it is known.
        ["e-1", 4, 1, 6, "a", "applied"],
      ),
    ).toEqual({ counted: 6, undecided: 0, unseen: 0 });
  });

  test("may be more by a push that a killed aggregator did not answer, until a later one is answered", () => {
    const killed = ["e-1", 2, 1, 5, "a", "lost"] as const;
    expect(recordOf(["e-1", 1, 0, 3, "a", "applied"], [...killed])).toEqual({
      counted: 3,
      undecided: 0,
      unseen: 2,
    });
    expect(
      recordOf(["e-1", 1, 0, 3, "a", "applied"], [...killed], ["e-1", 3, 1, 6, "a", "applied"]),
    ).toEqual({ counted: 6, undecided: 0, unseen: 0 });
  });
});
