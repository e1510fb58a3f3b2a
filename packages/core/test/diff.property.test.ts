import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { type Core, forgetAll, freshCore, textOf } from "./core.js";

let core: Core;

beforeEach(async () => {
  core = await freshCore();
});

// Names that are prefixes of each other, and labels with every character that is escaped.
const label = fc.oneof(
  fc.constantFrom("a", "b", "", 'a"} 7', "a\n", "\\", 'orders_total{plan="a"} 5\n', "\\n", "😀"),
  fc.string({ unit: fc.constantFrom("a", '"', "\\", "\n", "{", "}", " ", "="), maxLength: 5 }),
);
const recording = fc.record({
  metric: fc.constantFrom<string>(
    "a_total",
    "a_b_total",
    "size_bytes",
    "size_bytes_more",
    "backlog",
  ),
  label,
  value: fc.nat(1_000),
});
type Recording = typeof recording extends fc.Arbitrary<infer R> ? R : never;

function record(recordings: readonly Recording[]): void {
  const { counter, gauge, histogram } = core;
  const help = "A metric.";
  const labelNames = ["plan"] as const;
  for (const { metric: name, label: plan, value } of recordings) {
    if (name.endsWith("_total")) counter({ name, help, labelNames }).inc({ plan }, value);
    else if (name === "backlog") gauge({ name, help, labelNames }).set({ plan }, value);
    else histogram({ name, help, labelNames, buckets: [1, 10, 100] }).observe({ plan }, value);
  }
  core.observeIn(
    core.initSeries(core.builtIn("summary", "took_seconds", help, [], [])).total!,
    [],
    2,
  );
}

/** The value of each sample line. */
function linesOf(text: string): Map<string, number> {
  const lines = text.split("\n").filter((line) => line && !line.startsWith("#"));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(" ");
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}

describe("totals minus an acknowledged snapshot", () => {
  it("are what was recorded after the snapshot, except for gauges", () => {
    const recordings = fc.array(recording, { maxLength: 30 });
    fc.assert(
      fc.property(recordings, recordings, (before, after) => {
        forgetAll(core);
        record(after);
        const expected = linesOf(textOf(core));
        forgetAll(core);
        record(before);
        const snapshot = textOf(core);
        record(after);
        const gauges = [...linesOf(textOf(core))].filter(([line]) => line.startsWith("backlog"));
        core.diff(snapshot);
        const left = linesOf(textOf(core));
        for (const [line, value] of [...expected].filter(([key]) => !key.startsWith("backlog")))
          expect([line, left.get(line)]).toEqual([line, value]);
        for (const [line, value] of gauges) expect([line, left.get(line)]).toEqual([line, value]);
        // Series that were recorded only before the snapshot stay, at zero.
        for (const [line, value] of left)
          if (!expected.has(line) && !line.startsWith("backlog"))
            expect([line, value]).toEqual([line, 0]);
      }),
      { numRuns: 300 },
    );
  });

  it("continue as if they had started there", () => {
    record([{ metric: "size_bytes", label: "a", value: 5 }]);
    const snapshot = textOf(core);
    record([{ metric: "size_bytes", label: "a", value: 50 }]);
    core.diff(snapshot);
    record([{ metric: "size_bytes", label: "a", value: 500 }]);
    expect(Object.fromEntries(linesOf(textOf(core)))).toMatchObject({
      'size_bytes_bucket{plan="a",le="10"}': 0,
      'size_bytes_bucket{plan="a",le="100"}': 1,
      'size_bytes_bucket{plan="a",le="+Inf"}': 2,
      'size_bytes_sum{plan="a"}': 550,
      'size_bytes_count{plan="a"}': 2,
      took_seconds_count: 2,
      took_seconds_sum: 4,
    });
  });

  it("are the same if another process wrote the snapshot, in another order", () => {
    record([
      { metric: "a_total", label: "a", value: 5 },
      { metric: "size_bytes", label: "a", value: 50 },
    ]);
    const snapshot = core.textFormat([...core.sortedMetrics()].toReversed());
    core.diff(snapshot);
    for (const value of linesOf(textOf(core)).values()) expect(value).toBe(0);
  });

  it("keep all of a metric that has other buckets or labels now", () => {
    const { counter, histogram } = core;
    const help = "A metric.";
    histogram({ name: "size_bytes", help, buckets: [1] }).observe(0.5);
    counter({ name: "a_total", help, labelNames: ["plan"] }).inc({ plan: "a" });
    const snapshot = textOf(core);
    forgetAll(core);
    histogram({ name: "size_bytes", help, buckets: [1, 2] }).observe(3);
    counter({ name: "a_total", help, labelNames: ["level"] }).inc({ level: "a" });
    const before = textOf(core);
    core.diff(snapshot);
    expect(textOf(core)).toBe(before);
  });

  it("are never negative, although sums of fractions are not exact", () => {
    const { counter, histogram } = core;
    const charged = counter({ name: "charged_total", help: "Charged." });
    const time = histogram({ name: "time_seconds", help: "Time.", buckets: [1] });
    const fractions = [0.1, 0.2, 0.3, 1e-9, 1e9 / 3];
    for (const fraction of fractions) {
      charged.inc(fraction);
      time.observe(fraction);
    }
    const snapshot = textOf(core);
    core.diff(snapshot);
    for (const value of linesOf(textOf(core)).values()) expect(value).toBe(0);
  });
});
