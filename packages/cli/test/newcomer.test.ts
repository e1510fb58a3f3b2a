import { describe, expect, test } from "vitest";
import type { Definition } from "../src/guard/census.js";
import { rank } from "../src/guard/newcomer.js";

const NOW = 1_800_000_000;

/** A definition, by what tells how old it is. */
function defined(
  type: string,
  [oldestPushSecondsAgo, mostPushes, groups]: readonly [number, number, number],
): Definition {
  return {
    type,
    helps: new Map([["", groups]]),
    groups,
    oldestPushSeconds: NOW - oldestPushSecondsAgo,
    newestPushSeconds: NOW - Math.min(5, oldestPushSecondsAgo),
    mostPushes,
    example: { labels: {} },
  };
}

describe("of two definitions of a metric, the newcomer is", () => {
  test.each([
    [
      "the side without old pushes",
      [3_600, 5, 2],
      [30, 5, 2],
      "the other side has a group with an older push",
    ],
    [
      "the side whose lives have pushed less often",
      [30, 90, 2],
      [30, 5, 2],
      "the lives of the other side have pushed more often",
    ],
    ["the side with fewer groups", [30, 5, 3], [30, 5, 2], "the other side has more groups"],
    [
      "a new function that was deployed everywhere",
      [3_600, 900, 3],
      [60, 2, 100],
      "the other side has a group with an older push, and the lives of the other side have pushed more often; but not all tells the same",
    ],
    [
      "one push of ten minutes ago, beside many lives that go on",
      [20, 900, 100],
      [600, 1, 1],
      "the lives of the other side have pushed more often, and the other side has more groups; but not all tells the same",
    ],
  ] as const)("%s", (_, old, young, evidence) => {
    const [established, newcomer] = [defined("gauge", old), defined("counter", young)];
    for (const both of [[established, newcomer] as const, [newcomer, established] as const])
      expect(rank(both)).toEqual({ established, newcomers: [newcomer], evidence });
  });
});

test("of several definitions, the one that was before all others is there first", () => {
  const [a, b, c] = [
    defined("gauge", [900, 50, 9]),
    defined("counter", [300, 20, 5]),
    defined("untyped", [30, 1, 1]),
  ];
  expect(rank([c, b, a])).toMatchObject({ established: a, newcomers: [b, c] });
});
