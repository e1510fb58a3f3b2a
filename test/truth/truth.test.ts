import { randomInt } from "node:crypto";
import { describe, expect, test } from "vitest";
import { ALL_FAULTS, parseFaults } from "./faults.js";
import type { Note, OrderEvent } from "./function/order.js";
import { judge } from "./judge.js";
import { truthOf } from "./oracle.js";
import { readingsOf } from "./readings.js";
import { runTruth } from "./run-truth.js";

describe("under every fault", { timeout: 120_000 }, () => {
  test.each([
    ["a fixed seed", 4],
    ["a random seed", randomInt(2 ** 31)],
  ])("nothing is lost, doubled or changed: %s", async (_, seed) => {
    console.log(`truth: seed ${seed}`);
    const faults = new Set(ALL_FAULTS);
    const report = await runTruth({ environments: 4, invocations: 150, seed, faults });
    const { lost, doubled, differences, changes, responses } = report;
    expect({ seed, lost, doubled, responses, differences, changes }).toEqual({
      seed,
      lost: 0,
      doubled: 0,
      responses: { changed: 0 },
      differences: [],
      changes: [],
    });
    // The settling phase adds some.
    expect(report.invocations).toBeGreaterThanOrEqual(150);
    expect(report.truth.succeeded).toBeGreaterThan(100);
    expect(report.truth.failed).toBeGreaterThan(0);
  });
});

describe("the judge of the truth run", () => {
  const event = (id: number, more: Partial<OrderEvent> = {}): OrderEvent => ({
    id,
    plan: "pro",
    amount: 5,
    runMs: 0,
    ...more,
  });
  const events = new Map([0, 1].map((id) => [id, event(id)]));
  const notes = [0, 1].flatMap((id): Note[] => {
    const where = { id, environment: "aaaaaaaa", boot: "one" };
    return [
      { at: "begun", ...where },
      { at: "ended", ...where },
    ];
  });
  const scrape = (
    invocations: number,
    instance = "aaaaaaaa-1",
  ) => `# TYPE faas_invocations_total counter
faas_invocations_total{faas_trigger="other",instance="${instance}",job="shop"} ${invocations}
# TYPE faas_coldstarts_total counter
faas_coldstarts_total{faas_trigger="other",instance="${instance}",job="shop"} 1
# TYPE faas_invoke_duration_seconds histogram
faas_invoke_duration_seconds_count{faas_trigger="other",instance="${instance}",job="shop"} 2
# TYPE order_size histogram
order_size_sum{instance="${instance}",job="shop"} 12
order_size_count{instance="${instance}",job="shop"} 4
# TYPE orders_total counter
orders_total{instance="${instance}",job="shop",plan="pro"} 12
`;
  const truth = truthOf(events, notes);

  test("finds nothing where everything is there", () => {
    expect(judge(truth.readings, readingsOf(scrape(2)))).toMatchObject({ lost: 0, doubled: 0 });
  });

  test("finds an invocation that was lost, and where", () => {
    expect(judge(truth.readings, readingsOf(scrape(1)))).toEqual({
      lost: 1,
      doubled: 0,
      unreachable: 0,
      differences: [
        { environment: "aaaaaaaa", series: "faas_invocations_total", truth: 2, shown: 1 },
      ],
    });
  });

  test("finds one that was counted twice", () => {
    expect(judge(truth.readings, readingsOf(scrape(3)))).toMatchObject({ lost: 0, doubled: 1 });
  });

  test("is not deceived by one environment having what another lacks", () => {
    const { lost, doubled } = judge(truth.readings, readingsOf(scrape(2, "bbbbbbbb-1")));
    expect(lost).toBe(doubled);
    expect(lost).toBeGreaterThan(0);
  });

  test("sets apart what is missing of an environment that was destroyed in an outage, not what is too much", () => {
    const destroyed = new Set(["aaaaaaaa"]);
    expect(judge(truth.readings, readingsOf(scrape(1)), destroyed)).toMatchObject({
      lost: 0,
      unreachable: 1,
    });
    expect(judge(truth.readings, readingsOf(scrape(3)), destroyed)).toMatchObject({ doubled: 1 });
  });

  test("counts what was killed without what it recorded, and what crashed with it", () => {
    const killed = truthOf(new Map([[0, event(0, { fault: "killed" })]]), notes.slice(0, 1));
    expect(Object.fromEntries(killed.readings.get("aaaaaaaa")!)).toEqual({
      'faas_errors_total{error_type="killed"}': 1,
      faas_coldstarts_total: 1,
    });
    const crashed = truthOf(new Map([[0, event(0, { fault: "exit" })]]), notes.slice(0, 1));
    expect(Object.fromEntries(crashed.readings.get("aaaaaaaa")!)).toMatchObject({
      'faas_errors_total{error_type="crash"}': 1,
      'orders_total{plan="pro"}': 5,
    });
  });

  test("does not know an end that nothing explains", () => {
    expect(() => truthOf(events, notes.slice(0, 1))).toThrow("invocation 0 began and did not end");
  });

  test("refuses a fault that there is not", () => {
    expect(() => parseFaults("throw,flood")).toThrow(/"flood" is none of throw, /);
  });
});
