import { describe, expect, test } from "vitest";
import { truthOf } from "./fates.js";
import type { InvocationKind } from "./faults.js";
import type { Note, OrderEvent } from "./function/order.js";

/** The truth of one invocation, from its notes. */
function truthOfOne(kind?: InvocationKind, leftMs = 2_900) {
  const order: OrderEvent = { id: 0, plan: "pro", amount: 8, runMs: 0 };
  const common = { id: 0, environment: "1a2b3c4d", boot: "first", leftMs };
  const notes: Note[] = [
    { at: "begin", ...common },
    { at: "end", ...common },
  ];
  const { readings, counts } = truthOf(new Map([[0, kind ? { ...order, kind } : order]]), notes);
  return { counts, series: Object.fromEntries(readings.get("1a2b3c4d")!) };
}

describe("the truth", () => {
  test("contains what a complete invocation counts and records", () => {
    expect(truthOfOne()).toEqual({
      counts: { succeeded: 1, failed: 0, timedOut: 0, coldstarts: 1 },
      series: {
        faas_invocations_total: 1,
        faas_coldstarts_total: 1,
        faas_invoke_duration_seconds_count: 1,
        'orders_total{plan="pro"}': 8,
        order_size_count: 2,
        order_size_sum: 3,
      },
    });
  });

  test("contains what a crashed invocation recorded before", () => {
    for (const kind of ["exit", "uncaught"] as const) {
      expect(truthOfOne(kind)).toMatchObject({
        counts: { succeeded: 0, failed: 1 },
        series: {
          'faas_errors_total{error_type="crash"}': 1,
          faas_invoke_duration_seconds_count: 1,
          'orders_total{plan="pro"}': 8,
          order_size_count: 1,
        },
      });
    }
  });

  test("contains only the failure of an invocation that was killed, or that blocked the event loop at its timeout", () => {
    for (const kind of ["killed", "blocked"] as const) {
      expect(truthOfOne(kind).series).toEqual({
        'faas_errors_total{error_type="killed"}': 1,
        faas_coldstarts_total: 1,
      });
    }
  });

  test("treats an invocation that was killed after its answer as successful", () => {
    expect(truthOfOne("killedAfter")).toEqual(truthOfOne());
  });

  test("contains what a timed-out invocation recorded before", () => {
    expect(truthOfOne("timeout")).toMatchObject({
      counts: { timedOut: 1, failed: 0 },
      series: { faas_timeouts_total: 1, 'orders_total{plan="pro"}': 8, order_size_count: 1 },
    });
  });

  test("contains a cold start for each process", () => {
    const event = (id: number): OrderEvent => ({ id, plan: "free", amount: 1, runMs: 0 });
    const notes = ["first", "first", "second"].flatMap((boot, id): Note[] => [
      { at: "begin", id, environment: "1a2b3c4d", boot, leftMs: 2_900 },
      { at: "end", id, environment: "1a2b3c4d", boot, leftMs: 2_900 },
    ]);
    const events = new Map([0, 1, 2].map((id) => [id, event(id)]));
    expect(truthOf(events, notes).counts).toMatchObject({ succeeded: 3, coldstarts: 2 });
  });

  test("is not available if the machine was too slow or an invocation did not reach the handler", () => {
    expect(() => truthOfOne(undefined, 200)).toThrow(/no verdict: .* the machine is too slow/);
    const event: OrderEvent = { id: 7, plan: "pro", amount: 8, runMs: 0 };
    expect(() => truthOf(new Map([[7, event]]), [])).toThrow(/invocation 7 did not reach/);
  });
});
