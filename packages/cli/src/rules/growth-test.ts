import { recordName } from "../definitions/record-name.js";
import type { RecordTest } from "./rule-tests.js";
import { series } from "./series.js";

/**
 * What becomes of the groups of single instances: a value for each scrape, every 15 seconds, `_` for a scrape without
 * the group. And by how much the counter has grown in truth.
 */
export const HISTORIES: readonly (readonly [what: string, values: string, truth: number])[] = [
  ["an instance is born, counts, and its group is deleted", "_x10 1 1 2 3 5x4 _x500", 5],
  ["an instance handles one invocation, and its group stays", "_x10 1x500", 1],
  ["a group is seen by two scrapes only", "_x10 1 1 _x500", 1],
  ["an instance was there before Prometheus", "7x20 9x500", 9],
  ["a scrape fails", "_x10 3 4 _ 6 6 _ 7x500", 7],
  ["scrapes fail for two minutes", "_x10 3 4 _x8 9x500", 9],
  [
    "a group is deleted after 30 minutes, and comes back with what it had",
    "_x4 10x120 _x40 12 14x500",
    14,
  ],
  ["the gateway restarts from an older state", "_x20 10 11 _x20 12 9 12 14x500", 14],
  ["the gateway, or Prometheus, is down for 8 minutes", "_x10 3x20 _x32 9x500", 9],
  ["the gateway, or Prometheus, is down for 45 minutes", "_x10 3x20 _x180 9x500", 9],
  ["an older snapshot is applied late", "_x10 5 6 4 4 7x500", 7],
];

/** One test that the record of a counter's growth is exact, whatever becomes of its instances. */
export function growthTest(counter: string, labels: Readonly<Record<string, string>>): RecordTest {
  return {
    what: `the growth of ${counter}, by what happens to an instance`,
    series: Object.fromEntries(
      HISTORIES.map(([what, values]) => [
        series(counter, { job: what, instance: "a", ...labels }),
        values,
      ]),
    ),
    queries: [
      {
        expr: `sum by (job) (sum_over_time(${recordName(counter)}[4h]))`,
        at: "2h20m",
        expected: Object.fromEntries(
          HISTORIES.map(([what, , truth]) => [series("", { job: what }), truth]),
        ),
      },
    ],
  };
}
