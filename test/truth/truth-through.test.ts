import { describe, expect, test } from "vitest";
import { foundGateways } from "../pushgateway/gateways.mjs";
import { parseFaults } from "./faults.js";
import { runTruth } from "./run-truth.js";
import { outsideLimits } from "./through/compare.js";

const short = {
  environments: 4,
  invocations: 60,
  functions: ["registered", "measured"],
  settleWithinMs: 30_000,
  seed: 1,
} as const;
const EXACT = { differences: [], sumDifferences: [], changes: [], lost: 0, doubled: 0 };
/** Without `prometheus-down`, which takes long. */
const SHORT_FAULTS = parseFaults(
  "late,reset,aggregator-restart,aggregator-state-lost,aggregator-spread,gateway-killed,scrape-hangs,reuse",
  "aggregator",
);

describe.each(await foundGateways())(
  "a short truth run into a real Prometheus, with the Pushgateway $version",
  ({ path: gateway }) => {
    test("shows the truth through an aggregator, to the last count, under all its faults", async () => {
      const report = await runTruth({
        ...short,
        gateway,
        through: "aggregator",
        faults: SHORT_FAULTS,
        tailMs: 0,
      });
      expect(report).toMatchObject(EXACT);
      for (const fault of ["aggregator-restart", "aggregator-state-lost", "gateway-killed"])
        expect(report.struck[fault], fault).toBeGreaterThanOrEqual(1);
      const series = report.prometheus!.series;
      expect(series["faas_invocations_total"]!.sum).toBeGreaterThan(60);
      expect(series['order_size_bucket{le="10"}']!.sum).toBeGreaterThan(0);
    }, 180_000);
  },
);

test("counts apart what nobody can decide: an answer is lost, and the next push meets another aggregator", async () => {
  const report = await runTruth({
    ...short,
    invocations: 40,
    through: "aggregator",
    faults: parseFaults("aggregator-in-doubt", "aggregator"),
    tailMs: 0,
  });
  expect(report).toMatchObject(EXACT);
  expect(report.undecided).toBeGreaterThan(0);
  const { truth, sum, undecided } = report.prometheus!.series["faas_invocations_total"]!;
  expect(sum).toBe(truth + undecided!);
}, 180_000);

test("plain increase shows births through an aggregator and with start timestamps, and misses them in single groups", async () => {
  const shown: Record<string, number> = {};
  const outside: string[] = [];
  for (const through of ["aggregator", "protobuf", "direct"] as const) {
    const report = await runTruth({ ...short, through, faults: new Set(), tailMs: 22_000 });
    expect(report).toMatchObject(EXACT);
    const { truth, increase } = report.prometheus!.series["faas_coldstarts_total"]!;
    shown[through] = increase / truth;
    if (through !== "direct") outside.push(...outsideLimits(report.prometheus!.series));
  }
  expect(outside).toEqual([]);
  // An instance has its one cold start from its first scrape on, so it never increases.
  expect(shown["direct"]).toBeLessThan(0.1);
}, 240_000);
