import client from "prom-client";
import { beforeEach, describe, expect, it } from "vitest";
import { collectWarnings, textOf } from "../../../core/test/core.js";
import { core, endProcess, linesOf } from "./process.js";

// The same calls on both libraries. MIGRATING.md lists what differs.

interface Both {
  counter(labelNames: string[]): Methods;
  gauge(labelNames: string[]): Methods;
  histogram(labelNames: string[]): Methods;
  /** The series, with their labels in one order. */
  text(): Promise<string[]>;
}

/** As JavaScript calls them. */
interface Methods {
  inc(...values: unknown[]): void;
  dec(...values: unknown[]): void;
  set(...values: unknown[]): void;
  observe(...values: unknown[]): void;
  zero(...values: unknown[]): void;
  remove(...values: unknown[]): void;
  setToCurrentTime(...values: unknown[]): void;
  startTimer(...values: unknown[]): (...values: unknown[]) => number;
  labels(...values: unknown[]): Methods;
}

let warnings: readonly string[];

beforeEach(() => {
  endProcess();
  warnings = collectWarnings();
});

function theirs(): Both {
  const register = new client.Registry();
  const own = (labelNames: string[]) => ({ help: "Help.", labelNames, registers: [register] });
  return {
    counter: (names) => new client.Counter({ name: "c_total", ...own(names) }) as never,
    gauge: (names) => new client.Gauge({ name: "g", ...own(names) }) as never,
    histogram: (names) =>
      new client.Histogram({ name: "h", buckets: [1, 5], ...own(names) }) as never,
    text: async () => seriesIn(await register.metrics()),
  };
}

function ours(): Both {
  const own = (labelNames: string[]) => ({ help: "Help.", labelNames });
  return {
    counter: (names) => core.counter({ name: "c_total", ...own(names) }) as never,
    gauge: (names) => core.gauge({ name: "g", ...own(names) }) as never,
    histogram: (names) => core.histogram({ name: "h", buckets: [1, 5], ...own(names) }) as never,
    text: async () => seriesIn(textOf(core)),
  };
}

function seriesIn(text: string): string[] {
  return linesOf(text, "")
    .filter((line) => line && !line.startsWith("#"))
    .map((line) =>
      line.replace(/\{(.*)\}/, (_, pairs: string) => `{${pairs.split(",").sort().join()}}`),
    )
    .sort();
}

/** Makes the same calls on both. */
async function onBoth(calls: (both: Both) => void): Promise<readonly [string[], string[]]> {
  const [a, b] = [theirs(), ours()];
  calls(a);
  calls(b);
  return [await b.text(), await a.text()];
}

describe("equal in both libraries", () => {
  it.each<readonly [string, (both: Both) => void]>([
    ["inc()", ({ counter }) => counter([]).inc()],
    ["inc(value)", ({ counter }) => counter([]).inc(2.5)],
    ["inc(0), after which the series is there", ({ counter }) => counter([]).inc(0)],
    [
      "inc(labels, 0), after which the series is there",
      ({ counter }) => counter(["a"]).inc({ a: "x" }, 0),
    ],
    ["inc(labels)", ({ counter }) => counter(["a"]).inc({ a: "x" })],
    ["inc(labels, value)", ({ counter }) => counter(["a"]).inc({ a: "x" }, 3)],
    ["inc(labels, undefined)", ({ counter }) => counter(["a"]).inc({ a: "x" }, undefined)],
    ["labels that are numbers", ({ counter }) => counter(["a"]).inc({ a: 404 })],
    ["labels(object).inc()", ({ counter }) => counter(["a", "b"]).labels({ b: "y", a: "x" }).inc()],
    ["labels(...positions).inc(value)", ({ counter }) => counter(["a", "b"]).labels("x", 5).inc(2)],
    [
      "set, inc and dec of gauges",
      ({ gauge }) => {
        const each = gauge([]);
        each.set(5);
        each.inc();
        each.inc(2);
        each.dec();
        each.dec(0.5);
      },
    ],
    [
      "set, inc and dec with labels",
      ({ gauge }) => {
        const each = gauge(["a"]);
        each.set({ a: "x" }, 5);
        each.inc({ a: "x" });
        each.dec({ a: "x" }, 2);
        each.labels("x").inc(4);
        each.labels({ a: "y" }).set(1);
      },
    ],
    [
      "remove(labels) and remove(...positions) of gauges",
      ({ gauge }) => {
        const each = gauge(["a"]);
        for (const a of ["x", "y", "z"]) each.set({ a }, 1);
        each.remove({ a: "x" });
        each.remove("y");
      },
    ],
    [
      "a gauge that is removed and set again",
      ({ gauge }) => {
        const each = gauge(["a"]);
        each.set({ a: "x" }, 5);
        each.remove({ a: "x" });
        each.inc({ a: "x" }, 1);
      },
    ],
    [
      "observe(value)",
      ({ histogram }) => {
        const each = histogram([]);
        for (const value of [0, 1, 1.5, 5, 6, -1]) each.observe(value);
      },
    ],
    [
      "observe(labels, value)",
      ({ histogram }) => {
        histogram(["a"]).observe({ a: "x" }, 2);
      },
    ],
    [
      "labels().observe(value)",
      ({ histogram }) => {
        histogram(["a"]).labels("x").observe(2);
      },
    ],
    ["zero(labels) of a series that is new", ({ histogram }) => histogram(["a"]).zero({ a: "x" })],
  ])("%s", async (_, calls) => {
    const [mine, its] = await onBoth(calls);
    expect(mine).toEqual(its);
    expect(mine.length).toBeGreaterThan(0);
    expect(warnings).toEqual([]);
  });

  it("startTimer() returns what stops it, which returns the seconds and takes labels at either end", async () => {
    for (const library of [theirs(), ours()]) {
      const each = library.histogram(["a", "b"]);
      const seconds = each.startTimer({ a: "x" })({ b: "y" });
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThan(1);
      expect(each.labels("x", "y").startTimer()()).toBeLessThan(1);
      expect((await library.text()).find((line) => line.startsWith("h_count"))).toBe(
        'h_count{a="x",b="y"} 2',
      );
    }
  });
});

describe("different, as MIGRATING.md says", () => {
  it.each<readonly [string, (both: Both) => unknown]>([
    ["a counter that is decreased", ({ counter }) => counter([]).inc(-1)],
    ["a value that is no number", ({ counter }) => counter([]).inc("5 orders")],
    ["a gauge that is set to a text", ({ gauge }) => gauge([]).set("5")],
    ["an observation that is not finite", ({ histogram }) => histogram([]).observe(NaN)],
    ["a label that is not in labelNames", ({ counter }) => counter(["a"]).inc({ a: "x", b: "y" })],
    ["too few positions", ({ counter }) => counter(["a", "b"]).labels("x").inc()],
  ])("%s throws in prom-client, and here it is dropped with a warning", (_, call) => {
    expect(() => call(theirs())).toThrow();
    expect(() => call(ours())).not.toThrow();
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("this recording is dropped");
  });

  it("a label that is missing makes a series without it in prom-client, and is dropped here", async () => {
    const [mine, its] = await onBoth(({ counter }) => counter(["a", "b"]).inc({ a: "x" }));
    expect(its).toEqual(['c_total{a="x"} 1']);
    expect(mine).toEqual([]);
    expect(warnings).toHaveLength(1);
  });

  it("zero(labels) resets a series in prom-client, and leaves it as it is here", async () => {
    const [mine, its] = await onBoth(({ histogram }) => {
      const each = histogram(["a"]);
      each.observe({ a: "x" }, 2);
      each.zero({ a: "x" });
    });
    expect(its).toContain('h_count{a="x"} 0');
    expect(mine).toContain('h_count{a="x"} 1');
  });

  it("a metric without labels is shown at zero in prom-client before it is used, and here after", async () => {
    const [mine, its] = await onBoth(({ counter }) => void counter([]));
    expect(its).toEqual(["c_total 0"]);
    expect(mine).toEqual([]);
  });

  it("there is no reset(), no remove() of counters and histograms, and no startTimer() of gauges", () => {
    const { counter, gauge, histogram } = ours();
    expect(counter([])).not.toHaveProperty("reset");
    expect(counter([])).not.toHaveProperty("remove");
    expect(histogram([])).not.toHaveProperty("remove");
    expect(gauge([])).not.toHaveProperty("startTimer");
  });
});
