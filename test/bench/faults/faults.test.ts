import { beforeAll, describe, expect, it } from "vitest";
import { installLane } from "@prefreeze/install-lane";
import type { BenchFigure } from "../figure.js";
import { PEERS } from "../lambda/bundle-functions.js";
import { expectLimitsToBeChecked, shortRun } from "../short-run.js";
import { FAULTS } from "./broken-gateways.js";
import { DATADOG } from "./bundle-functions.js";
import { mostInASecond } from "./most-in-a-second.js";

describe("the benchmark of broken gateways", () => {
  let figures: readonly BenchFigure[];
  let stderr: string;
  let exitCode: number;
  const figureOf = (name: string) => figures.find(({ figure }) => figure === name)!;

  beforeAll(async () => {
    // The first run installs the peers.
    await Promise.all([installLane(PEERS), installLane(DATADOG)]);
    ({ figures, stderr, exitCode } = await shortRun("faults"));
  }, 240_000);

  it.each(
    FAULTS.flatMap((fault) => [
      [`${fault}_after_response_p50`, 1],
      [`${fault}_after_response_p99`, 1],
      [`${fault}_before_returning_average`, 20],
    ]),
  )(
    "prints %s with its limit of %i ms, whether the limit holds, and the number of calls",
    (figure, limit) => {
      const value = expect.any(Number) as number;
      const holds = expect.any(Boolean) as boolean;
      const printed = { figure, value, unit: "ms", limit, bound: "<=", holds, calls: 10 };
      expect(figures).toContainEqual(printed);
    },
  );

  it.each(["node", "methods", "fetch", "edge"])(
    "measures that a Vercel function of the shape %s answers as soon as without metrics while the gateway hangs",
    (shape) => {
      const figure = figureOf(`hanging_vercel_${shape}_p50`);
      expect(figure).toMatchObject({ unit: "ms", limit: 0.5, bound: "<=", calls: 10 });
    },
  );

  it("checks each limit, and exits with 1 if one does not hold", () => {
    expectLimitsToBeChecked(figures);
    expect(exitCode).toBe(figures.some(({ holds }) => holds === false) ? 1 : 0);
  });

  // Each peer waits until its own timeout or its function's.
  it.each([
    ["prom_client", 5_000, 1],
    ["opentelemetry", 10_000, 0],
    ["sentry", 2_000, 0],
    ["datadog", 13_000, 1],
  ])("measures that %s waits %i ms for a gateway that hangs", (peer, ms, failed) => {
    const figure = figureOf(`hanging_${peer}_average`);
    expect(figure).toMatchObject({ unit: "ms", calls: 1, failed });
    expect(figure.value).toBeGreaterThan(ms * 0.9);
  });

  it("counts the pushes of a process with a thousand concurrent invocations", () => {
    const most = figureOf("managed_instances_pushes_in_a_second");
    expect(most).toMatchObject({ unit: "/s", limit: 3, bound: "<=", calls: 1_000 });
    expect(most.value).toBeGreaterThanOrEqual(1);
  });

  it("prints how the functions were called", () => {
    expect(stderr).toContain("called every 200 ms");
  });
});

describe("the largest number within a second", () => {
  it.each([
    [[0], 1],
    [[0, 999, 1_000], 2],
    [[0, 900, 1_800, 1_850, 1_899, 2_799], 4],
  ])("of %j is %i", (timesMs, most) => {
    expect(mostInASecond(timesMs)).toBe(most);
  });
});
