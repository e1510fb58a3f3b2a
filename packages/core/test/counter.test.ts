import { beforeEach, describe, expect, it } from "vitest";
import { collectWarnings, type Core, freshCore, totalOf } from "./core.js";
import { garbage } from "./garbage.js";

let core: Core;

beforeEach(async () => {
  core = await freshCore();
});

function orders() {
  return core.counter({ name: "orders_total", help: "Orders.", labelNames: ["plan"] });
}

describe("a counter", () => {
  it("is incremented by one or by a given value", () => {
    const hits = core.counter({ name: "hits_total", help: "Hits." });
    hits.inc();
    hits.inc(2.5);
    hits.inc(undefined);
    expect(totalOf(core, "hits_total")).toBe(4.5);
  });

  it("exposes its name", () => {
    expect(orders().name).toBe("orders_total");
  });

  it("keeps one series for each combination of labels, whatever their order", () => {
    const requests = core.counter({
      name: "requests_total",
      help: "Requests.",
      labelNames: ["method", "code"],
    });
    requests.inc({ method: "GET", code: 200 });
    requests.inc({ code: "200", method: "GET" }, 2);
    requests.inc({ method: "GET", code: 500 });
    expect(totalOf(core, 'requests_total{method="GET",code="200"}')).toBe(3);
    expect(totalOf(core, 'requests_total{method="GET",code="500"}')).toBe(1);
  });

  it("is exported as 0 after an increment of 0", () => {
    orders().inc({ plan: "pro" }, 0);
    expect(totalOf(core, 'orders_total{plan="pro"}')).toBe(0);
  });

  it("is not exported before anything is recorded", () => {
    orders().labels("pro");
    expect(totalOf(core, 'orders_total{plan="pro"}')).toBeUndefined();
  });

  it("records through children chosen by name or by position", () => {
    const requests = core.counter({
      name: "requests_total",
      help: "Requests.",
      labelNames: ["method", "code"],
    });
    const byName = requests.labels({ code: 200, method: "GET" });
    const byPosition = requests.labels("GET", 200);
    byName.inc();
    byPosition.inc(2);
    const { inc } = byPosition;
    inc();
    expect(totalOf(core, 'requests_total{method="GET",code="200"}')).toBe(4);
  });

  it("works with detached methods", () => {
    const { inc } = orders();
    inc({ plan: "pro" });
    expect(totalOf(core, 'orders_total{plan="pro"}')).toBe(1);
  });

  it.each([-1, -Number.MIN_VALUE, NaN, Infinity, -Infinity])(
    "drops the value %d, counts the drop and warns once",
    (value) => {
      const warnings = collectWarnings();
      const counter = orders();
      counter.inc({ plan: "pro" }, value);
      counter.labels("pro").inc(value);
      expect(totalOf(core, 'orders_total{plan="pro"}')).toBeUndefined();
      expect(core.catalog.droppedRecordings).toBe(2);
      expect(warnings).toEqual([
        `prefreeze: metric "orders_total": value is ${value}; this recording is dropped`,
      ]);
    },
  );

  it.each(garbage)("drops %s given as its value, and never throws", (_, value) => {
    const warnings = collectWarnings();
    const counter = orders();
    counter.inc({ plan: "pro" }, value as never);
    counter.labels("pro").inc(value as never);
    expect(totalOf(core, 'orders_total{plan="pro"}')).toBeUndefined();
    expect(core.catalog.droppedRecordings).toBe(2);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('"orders_total"');
  });

  it.each(garbage)("never throws if %s is given for any argument", (_, value) => {
    collectWarnings();
    const counter = orders();
    const unlabelled = core.counter({ name: "hits_total", help: "Hits." });
    for (const inc of [counter.inc, unlabelled.inc] as ((...args: unknown[]) => void)[]) {
      inc(value);
      inc(value, value);
      inc(undefined, value);
    }
    for (const metric of [counter, unlabelled] as { labels(...args: unknown[]): unknown }[]) {
      metric.labels(value);
      metric.labels(value, value, value);
    }
    expect(totalOf(core, 'orders_total{plan="pro"}')).toBeUndefined();
  });
});
