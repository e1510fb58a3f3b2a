import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { collectWarnings, type Core, forgetAll, freshCore, textOf, totalOf } from "./core.js";
import { startInstance } from "./fake-platform.js";

let core: Core;

beforeEach(async () => {
  core = await freshCore();
});

function users() {
  return core.counter({ name: "logins_total", help: "Logins.", labelNames: ["user", "zone"] });
}

function seriesLines(name: string): string[] {
  return textOf(core)
    .split("\n")
    .filter((line) => line.startsWith(name));
}

describe("maxSeries", () => {
  it("is 1,000 by default", () => {
    collectWarnings();
    const counter = users();
    for (let user = 0; user < 1_500; user++) counter.inc({ user, zone: "eu" });
    expect(seriesLines("logins_total{")).toHaveLength(1_001);
    expect(totalOf(core, 'logins_total{user="_overflow",zone="_overflow"}')).toBe(500);
    expect(core.catalog.droppedSeries).toBe(500);
  });

  it("moves further series into an overflow series, warns once per metric and counts the recordings", () => {
    const warnings = collectWarnings();
    const instance = startInstance(core, { maxSeries: 3, url: "http://127.0.0.1:9" });
    const counter = users();
    const gauge = core.gauge({ name: "backlog", help: "Waiting.", labelNames: ["queue"] });
    for (const user of ["a", "b", "c", "d", "e", "d"]) counter.inc({ user, zone: "eu" }, 2);
    gauge.set({ queue: "a" }, 5);
    gauge.set({ queue: "b" }, 7);
    expect(totalOf(core, 'logins_total{user="c",zone="eu"}')).toBe(2);
    expect(totalOf(core, 'logins_total{user="d",zone="eu"}')).toBeUndefined();
    expect(totalOf(core, 'logins_total{user="_overflow",zone="_overflow"}')).toBe(6);
    expect(totalOf(core, 'backlog{queue="_overflow"}')).toBe(7);
    expect(core.catalog.droppedSeries).toBe(5);
    expect(instance.settings.maxSeries).toBe(3);
    expect(warnings).toEqual([
      'prefreeze: metric "logins_total" is over maxSeries: new label values add up as _overflow',
      'prefreeze: metric "backlog" is over maxSeries: new label values add up as _overflow',
    ]);
  });

  it("leaves existing series as they are", () => {
    collectWarnings();
    startInstance(core, { maxSeries: 1 });
    const counter = users();
    const early = counter.labels("a", "eu");
    counter.inc({ user: "b", zone: "eu" });
    early.inc();
    counter.inc({ user: "a", zone: "eu" });
    expect(totalOf(core, 'logins_total{user="a",zone="eu"}')).toBe(2);
  });

  it("counts a histogram as the number of its Prometheus series", () => {
    collectWarnings();
    startInstance(core, { maxSeries: 12 });
    const sizes = core.histogram({
      name: "size_bytes",
      help: "Sizes.",
      labelNames: ["kind"],
      buckets: [1, 2, 3],
    });
    for (const kind of ["a", "b", "c"]) sizes.observe({ kind }, 1);
    expect(seriesLines('size_bytes_bucket{kind="b"')).toHaveLength(4);
    expect(seriesLines('size_bytes_bucket{kind="c"')).toHaveLength(0);
    expect(totalOf(core, 'size_bytes_count{kind="_overflow"}')).toBe(1);
    expect(core.catalog.seriesCount).toBe(12);
  });

  it("does not count a label value that equals the overflow series' own", () => {
    const warnings = collectWarnings();
    startInstance(core, { maxSeries: 1, url: "http://127.0.0.1:9" });
    const counter = users();
    counter.inc({ user: "_overflow", zone: "_overflow" });
    counter.inc({ user: "_overflow", zone: "eu" });
    counter.inc({ user: "b", zone: "eu" });
    expect(totalOf(core, 'logins_total{user="_overflow",zone="eu"}')).toBe(1);
    expect(totalOf(core, 'logins_total{user="_overflow",zone="_overflow"}')).toBe(2);
    expect(core.catalog.droppedSeries).toBe(1);
    expect(warnings).toHaveLength(1);
  });

  it("keeps the room of a metric without labels, whatever a label with too many values takes", () => {
    collectWarnings();
    startInstance(core, { maxSeries: 3 });
    const hits = core.counter({ name: "hits_total", help: "Hits." });
    const logins = users();
    for (let user = 0; user < 10; user++) logins.inc({ user, zone: "eu" });
    hits.inc();
    expect(totalOf(core, "hits_total")).toBe(1);
    expect(core.catalog.seriesCount).toBe(3);
    expect(core.catalog.droppedSeries).toBe(8);
  });

  it("counts metrics without labels, drops the recordings of those above it and warns once", () => {
    const warnings = collectWarnings();
    startInstance(core, { maxSeries: 1_000, url: "http://127.0.0.1:9" });
    for (let event = 0; event < 28_000; event++)
      core.counter({ name: `event_${event}_total`, help: "Events." }).inc();
    const lines = seriesLines("event_");
    expect(lines).toHaveLength(1_000);
    expect(lines).toContain("event_999_total 1");
    expect(core.catalog.droppedRecordings).toBe(27_000);
    expect(core.catalog.metrics.size).toBeLessThan(10_000);
    expect(warnings).toEqual([
      'prefreeze: metric "event_1000_total" is over maxSeries: it and all further metrics are dropped',
    ]);
  });

  it("bounds the overflow series of metrics that are defined without end", () => {
    const warnings = collectWarnings();
    startInstance(core, { maxSeries: 1_000, url: "http://127.0.0.1:9" });
    for (let event = 0; event < 5_000; event++) {
      const definition = { name: `event_${event}_total`, help: "Events.", labelNames: ["zone"] };
      core.counter(definition).inc({ zone: "eu" });
    }
    expect(seriesLines("event_")).toHaveLength(2_000);
    expect(core.catalog.droppedSeries).toBe(1_000);
    expect(core.catalog.droppedRecordings).toBe(3_000);
    expect(warnings.at(-1)).toBe(
      'prefreeze: metric "event_2000_total" is over maxSeries: it and all further metrics are dropped',
    );
  });

  it("counts what is defined before a larger maxSeries is known against the larger one", () => {
    const warnings = collectWarnings();
    const gauges = Array.from({ length: 1_500 }, (_, i) =>
      core.gauge({ name: `level_${i}`, help: "Level." }),
    );
    startInstance(core, { maxSeries: 2_000, url: "http://127.0.0.1:9" });
    for (const gauge of gauges) gauge.set(1);
    expect(seriesLines("level_")).toHaveLength(1_500);
    expect(warnings).toEqual([]);
  });

  it("limits the series whatever is recorded, and loses no recording", () => {
    collectWarnings();
    const label = fc.oneof(
      fc.nat(12).map(String),
      fc.constantFrom("_overflow", "", "\ud800", "\udc00", "\ufffd"),
    );
    const recording = fc.tuple(
      fc.constantFrom("hits_total", "size_bytes", "plain_total"),
      label,
      label,
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.array(recording, { maxLength: 200 }),
        (maxSeries, recordings) => {
          forgetAll(core);
          core.catalog.maxSeries = maxSeries;
          const labelNames = ["a", "b"] as const;
          const plain = core.counter({ name: "plain_total", help: "Plain." });
          const hits = core.counter({ name: "hits_total", help: "Hits.", labelNames });
          const sizes = core.histogram({
            name: "size_bytes",
            help: "Sizes.",
            labelNames,
            buckets: [1, 2],
          });
          const counted = { hits_total: 0, size_bytes: 0, plain_total: 0 };
          for (const [metric, a, b] of recordings) {
            counted[metric] += 1;
            if (metric === "hits_total") hits.inc({ a, b });
            else if (metric === "size_bytes") sizes.observe({ a, b }, 1.5);
            else plain.inc();
          }
          const lines = textOf(core)
            .split("\n")
            .filter((line) => line !== "" && !line.startsWith("#"));
          const sum = (start: string) =>
            lines
              .filter((line) => line.startsWith(start))
              .reduce((total, line) => total + Number(line.split(" ").at(-1)), 0);
          expect(sum("hits_total{")).toBe(counted.hits_total);
          expect(sum("size_bytes_count{")).toBe(counted.size_bytes);
          expect(sum("plain_total ")).toBe(counted.plain_total);
          // Each metric with labels has one overflow series: five lines for a histogram with two buckets.
          expect(lines.length).toBeLessThanOrEqual(maxSeries + 1 + 5);
          expect(core.catalog.seriesCount).toBeLessThanOrEqual(maxSeries);
        },
      ),
    );
  });
});
