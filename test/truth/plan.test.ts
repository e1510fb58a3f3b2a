import { describe, expect, test } from "vitest";
import { allFaults, GATEWAY_FAULTS, INVOCATION_FAULTS, parseFaults } from "./faults.js";
import { planOf } from "./plan.js";
import { randomOf } from "./random.js";

const options = {
  functions: 2,
  environments: 4,
  invocations: 120,
  faults: parseFaults("all"),
};
const plan = (seed: number, changes: Partial<typeof options> = {}) =>
  planOf({ ...options, ...changes }, randomOf(seed, "test"));

describe("the plan of a truth run", () => {
  test("is the same for the same seed, and differs for another", () => {
    expect(plan(1)).toEqual(plan(1));
    expect(plan(1)).not.toEqual(plan(2));
  });

  test.each([1, 2, 3])("contains each fault even if it is short (seed %i)", (seed) => {
    const phases = plan(seed);
    const kinds = Object.values(INVOCATION_FAULTS).flatMap((fault) => fault.kinds);
    for (const of of [0, 1]) {
      const struck = phases.flatMap(({ events }) => events[of]!.flatMap(({ kind }) => kind ?? []));
      expect(new Set(struck)).toEqual(new Set(kinds));
    }
    const gatewayFaults = phases.flatMap(({ gatewayFault }) => gatewayFault ?? []);
    const possible = Object.keys(GATEWAY_FAULTS).filter((name) => allFaults().includes(name));
    expect(new Set(gatewayFaults)).toEqual(new Set(possible));
    const endings = phases.flatMap(({ ending }) => ending?.fault ?? []);
    expect(new Set(endings)).toEqual(new Set(["shutdown", "reuse"]));
  });

  test.each([1, 7, 120, 1_000])("has %i invocations, each with its own number", (count) => {
    const ids = plan(1, { invocations: count }).flatMap(({ events }) =>
      events.flat().map(({ id }) => id),
    );
    expect(ids.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, id) => id));
  });

  test("contains no fault if none is chosen", () => {
    for (const phase of plan(1, { faults: parseFaults("none") })) {
      expect(phase).toMatchObject({ gatewayFault: undefined, ending: undefined });
      expect(phase.events.flat().filter(({ kind }) => kind !== undefined)).toEqual([]);
    }
  });
});

describe("--faults", () => {
  test("accepts comma-separated names", () => {
    expect(parseFaults("late, crash")).toEqual(new Set(["late", "crash"]));
    expect(parseFaults("all")).toEqual(new Set(allFaults()));
  });

  test("lists the valid names if one is unknown", () => {
    expect(() => parseFaults("late,flood")).toThrow(/"flood" is none of throw, timeout, .*reuse/);
  });
});
