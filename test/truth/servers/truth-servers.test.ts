import { randomInt } from "node:crypto";
import { describe, expect, test } from "vitest";
import { INTERVAL_MS, NODE_KINDS, nodePlatform } from "../node/platform.js";
import type { TruthReport } from "../report.js";
import { VERCEL_KINDS, vercelPlatform } from "../vercel/platform.js";
import { PROCESS_FAULTS, type ServersThrough } from "./faults.js";
import type { OrderKind } from "./order.js";
import type { ServersPlatform } from "./platform.js";
import { runServersTruth } from "./run-servers-truth.js";

const EXACT = {
  differences: [],
  sumDifferences: [],
  changes: [],
  lost: 0,
  doubled: 0,
  responses: { changed: 0 },
};

/** A part of all faults, since each takes its time. */
const SOME: Readonly<Record<ServersThrough, readonly string[]>> = {
  aggregator: ["aggregator-restart", "reset"],
  direct: ["gateway-restart"],
};

/** A short run. */
async function shortRun(
  platform: ServersPlatform,
  kinds: readonly OrderKind[],
  through: ServersThrough,
): Promise<TruthReport> {
  const seed = randomInt(2 ** 31);
  console.log(`truth run of servers with seed ${seed}`);
  return await runServersTruth(someShapes(platform), {
    invocations: 150,
    seed,
    through,
    faults: new Set([...kinds, ...SOME[through], ...PROCESS_FAULTS]),
  });
}

/** All of them are in the long run: each process takes a second to start. */
const SOME_SHAPES: readonly string[] = ["http", "node", "methods"];

function someShapes(platform: ServersPlatform): ServersPlatform {
  const shapes = Object.entries(platform.shapes).filter(([shape]) => SOME_SHAPES.includes(shape));
  return { ...platform, shapes: Object.fromEntries(shapes) };
}

describe("a short truth run of server processes into a real Prometheus", () => {
  test.each([
    ["Node.js", nodePlatform, NODE_KINDS, "aggregator"],
    ["Vercel", vercelPlatform, VERCEL_KINDS, "direct"],
  ] as const)(
    "loses nothing, counts nothing twice and changes no answer: %s",
    async (_name, platform, kinds, through) => {
      const report = await shortRun(platform, kinds, through);
      expect(report).toMatchObject(EXACT);
      for (const fault of [...kinds, ...SOME[through], ...PROCESS_FAULTS])
        expect(report.struck[fault], fault).toBeGreaterThanOrEqual(1);
      const { succeeded, failed, timedOut } = report.gateway;
      expect(succeeded + failed + timedOut + report.unreachableInvocations).toBe(
        report.truth.succeeded + report.truth.failed + report.truth.timedOut,
      );
      // The push itself takes its time.
      expect(report.notPushedForMs ?? 0).toBeLessThan(2 * INTERVAL_MS);
    },
    240_000,
  );
});
