import { describe, expect, test } from "vitest";
import { randomOf } from "../random.js";
import { VERCEL_KINDS, vercelPlatform } from "../vercel/platform.js";
import { gatewayFaultsOf, parseServersFaults, PROCESS_FAULTS } from "./faults.js";
import { planOf, type ServersPlanOptions } from "./plan.js";

const options: ServersPlanOptions = {
  shapes: vercelPlatform.shapes,
  invocations: 200,
  faults: parseServersFaults("all", "aggregator", VERCEL_KINDS),
  through: "aggregator",
};
const plan = (seed: number) => planOf(options, randomOf(seed, "test"));

describe("the plan of a truth run of servers", () => {
  test("is the same for the same seed, and differs for another", () => {
    expect(plan(1)).toEqual(plan(1));
    expect(plan(1)).not.toEqual(plan(2));
  });

  test.each(Array.from({ length: 200 }, (_, i) => i))("contains each fault (seed %i)", (seed) => {
    const phases = plan(seed);
    const asked = gatewayFaultsOf("aggregator").filter((fault) => options.faults.has(fault));
    expect(new Set(phases.flatMap(({ fault }) => fault ?? []))).toEqual(new Set(asked));
    const endings = phases.flatMap(({ ending }) => ending?.fault ?? []);
    expect(new Set(endings)).toEqual(new Set(PROCESS_FAULTS));
    const orders = phases.flatMap((phase) => [...phase.orders.values()].flat());
    expect(new Set(orders.flatMap(({ kind }) => kind ?? []))).toEqual(new Set(VERCEL_KINDS));
  });

  test("ends no process while a request outlasts its deadline there", () => {
    const outlasting = [1, 2, 3].flatMap(plan).flatMap(({ ending, orders }) => {
      const beside = ending ? orders.get(ending.shape)! : [];
      return beside.filter(({ kind }) => kind === "timeout");
    });
    expect(outlasting).toEqual([]);
  });

  test("kills a process before the first fault of the gateway", () => {
    const [{ fault, ending }] = plan(1) as [ReturnType<typeof plan>[number]];
    expect([fault, ending?.fault]).toEqual([undefined, "sigkill"]);
  });

  test("scrapes until the end of all other faults", () => {
    const faults = plan(1).flatMap(({ fault }) => fault ?? []);
    expect(new Set(faults.slice(-2))).toEqual(new Set(["scrape-hangs", "prometheus-down"]));
  });
});
