import { describe, expect, test } from "vitest";
import { compareSums, outsideLimits } from "./compare.js";

const values = (entries: Record<string, number>) => new Map(Object.entries(entries));

describe("what Prometheus shows beside what aggregators were given", () => {
  test("is exact, or each series is named that is not", () => {
    const given = values({ a_total: 3, b_total: 5 });
    expect(compareSums(given, given, values({}))).toEqual({
      lost: 0,
      doubled: 0,
      unseen: 0,
      differences: [],
    });
    expect(compareSums(given, values({ a_total: 1, b_total: 6, c_total: 1 }), values({}))).toEqual({
      lost: 2,
      doubled: 2,
      unseen: 0,
      differences: [
        "Prometheus shows 1 of a_total, the aggregators were given 3",
        "Prometheus shows 6 of b_total, the aggregators were given 5",
        "Prometheus shows 1 of c_total, the aggregators were given 0",
      ],
    });
  });

  test("may have what a killed aggregator counted and did not answer, and no more", () => {
    const verdict = compareSums(
      values({ a_total: 3 }),
      values({ a_total: 6 }),
      values({ a_total: 2 }),
    );
    expect(verdict).toMatchObject({ lost: 0, doubled: 1, unseen: 2 });
  });
});

test("an increase is outside the limits below 0.97 and above 1.05 of the truth", () => {
  const series = (increase: number) => ({ a_total: { truth: 100, sum: 100, increase } });
  expect(outsideLimits(series(97))).toEqual([]);
  expect(outsideLimits(series(105))).toEqual([]);
  expect(outsideLimits(series(96.9))).toEqual(["a_total: increase 96.9 for 100"]);
  expect(outsideLimits(series(105.1))).toHaveLength(1);
});
