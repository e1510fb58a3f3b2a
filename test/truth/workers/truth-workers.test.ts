import { randomInt } from "node:crypto";
import { describe, expect, test } from "vitest";
import { CALL_FAULTS, parseWorkersFaults, type WorkersThrough } from "./faults.js";
import { runWorkersTruth } from "./run-workers-truth.js";

const EXACT = {
  differences: [],
  sumDifferences: [],
  changes: [],
  lost: 0,
  doubled: 0,
  responses: { changed: 0 },
};

/** A part of all faults, since each that ends with a wait for the breaker takes its time. */
const SOME: Readonly<Record<WorkersThrough, string>> = {
  aggregator: "object-evicted,rpc-lost,rpc-repeated,gateway-killed,restart",
  direct: "reset,gateway-restart,gateway-5xx,restart",
};

describe("a short truth run of Workers in workerd into a real Prometheus", () => {
  test.each<WorkersThrough>(["aggregator", "direct"])(
    "loses nothing, counts nothing twice and changes no answer: %s",
    async (through) => {
      const seed = randomInt(2 ** 31);
      console.log(`truth run of Workers with seed ${seed}`);
      const faults = [...Object.keys(CALL_FAULTS), SOME[through]].join();
      const report = await runWorkersTruth({
        invocations: 180,
        isolates: 4,
        seed,
        through,
        faults: parseWorkersFaults(faults, through),
      });
      expect(report).toMatchObject(EXACT);
      for (const fault of faults.split(","))
        expect(report.struck[fault], fault).toBeGreaterThanOrEqual(1);
      const { succeeded, failed } = report.gateway;
      // An alarm is set in a call of its own.
      expect(succeeded + failed + report.unreachableInvocations).toBeGreaterThan(180);
      expect(report.prometheus!.series["faas_invocations_total"]!.sum).toBe(succeeded);
    },
    180_000,
  );
});
