import { describe, expect, test } from "vitest";
import { foundGateways } from "../pushgateway/gateways.mjs";
import { parseFaults } from "./faults.js";
import type { TruthReport } from "./report.js";
import { runTruth, type TruthOptions } from "./run-truth.js";
import { outsideLimits } from "./through/compare.js";

const EXACT = { differences: [], sumDifferences: [], changes: [], lost: 0, doubled: 0 };

/** A short run. A busy machine may leave too little time for a flush: then it is repeated once. */
async function shortRun(
  options: Pick<TruthOptions, "through" | "faults"> & Partial<TruthOptions>,
): Promise<TruthReport> {
  const run = async () =>
    await runTruth({
      environments: 4,
      invocations: 40,
      functions: ["registered", "measured"],
      settleWithinMs: 30_000,
      tailMs: 0,
      seed: 1,
      ...options,
    });
  const report = await run();
  const cutShort = report.lost > 0 && report.endsCutShort > 0;
  const inDoubt = !options.faults.has("aggregator-in-doubt") && (report.undecided ?? 0) > 0;
  return cutShort || inDoubt ? await run() : report;
}

const gateways = await foundGateways();
const oldestAndNewest = [gateways.at(0)!, gateways.at(-1)!];

describe("a short truth run into a real Prometheus", () => {
  test.each(oldestAndNewest)(
    "shows the truth through an aggregator, to the last count, whatever fails: Pushgateway $version",
    async ({ path: gateway }) => {
      const faults = [
        "aggregator-restart",
        "aggregator-state-lost",
        "aggregator-spread",
        "gateway-killed",
        "late",
        "reset",
      ];
      const report = await shortRun({
        gateway,
        through: "aggregator",
        faults: parseFaults(faults.join(), "aggregator"),
      });
      expect(report).toMatchObject({ ...EXACT, undecided: 0 });
      for (const fault of faults) expect(report.struck[fault], fault).toBeGreaterThanOrEqual(1);
      const { series } = report.prometheus!;
      for (const { truth, sum } of Object.values(series)) expect(sum).toBe(truth);
      expect(series["faas_invocations_total"]!.sum).toBeGreaterThan(40);
      expect(series['order_size_bucket{le="10"}']!.sum).toBeGreaterThan(0);
    },
    180_000,
  );

  test("counts apart what nobody can decide: an answer is lost, and the next push meets another aggregator", async () => {
    const report = await shortRun({
      through: "aggregator",
      faults: parseFaults("aggregator-in-doubt", "aggregator"),
    });
    expect(report).toMatchObject(EXACT);
    const { truth, sum, undecided } = report.prometheus!.series["faas_invocations_total"]!;
    expect(undecided).toBeGreaterThan(0);
    expect(sum).toBe(truth + undecided!);
  }, 180_000);

  test("shows births to plain increase through an aggregator and with start timestamps, and not from single groups", async () => {
    // Later births are fewer seconds old at the end, when increase() guesses what happens until the next scrape.
    const options = { faults: new Set<string>(), tailMs: 22_000 };
    const [aggregator, protobuf, direct] = await Promise.all([
      shortRun({ ...options, through: "aggregator" }),
      shortRun({ ...options, through: "protobuf" }),
      shortRun({ ...options, through: "direct" }),
    ]);
    for (const report of [aggregator, protobuf, direct]) expect(report).toMatchObject(EXACT);
    expect(outsideLimits(aggregator.prometheus!.series)).toEqual([]);
    expect(outsideLimits(protobuf.prometheus!.series)).toEqual([]);
    // An instance has its one cold start from its first scrape on, so that never increases.
    const { truth, increase } = direct.prometheus!.series["faas_coldstarts_total"]!;
    expect(truth).toBeGreaterThan(4);
    expect(increase).toBe(0);
  }, 180_000);
});
