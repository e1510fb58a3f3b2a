import { beforeEach, describe, expect, it } from "vitest";
import { collectWarnings, type Core, freshCore, textOf, totalOf } from "./core.js";
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
  it("is 1,000 unless said otherwise", () => {
    collectWarnings();
    const counter = users();
    for (let user = 0; user < 1_500; user++) counter.inc({ user, zone: "eu" });
    expect(seriesLines("logins_total{")).toHaveLength(1_001);
    expect(totalOf(core, 'logins_total{user="_overflow",zone="_overflow"}')).toBe(500);
    expect(core.state.droppedSeries).toBe(500);
  });

  it("sums up what is over it, warns once a metric and tells how much it was", () => {
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
    expect(core.state.droppedSeries).toBe(5);
    expect(instance.settings.maxSeries).toBe(3);
    expect(warnings).toEqual([
      'prefreeze: metric "logins_total" is over maxSeries (3): new labels are summed up as _overflow',
      'prefreeze: metric "backlog" is over maxSeries (3): new labels are summed up as _overflow',
    ]);
  });

  it("goes on recording what was there before", () => {
    collectWarnings();
    startInstance(core, { maxSeries: 1 });
    const counter = users();
    const early = counter.labels("a", "eu");
    counter.inc({ user: "b", zone: "eu" });
    early.inc();
    counter.inc({ user: "a", zone: "eu" });
    expect(totalOf(core, 'logins_total{user="a",zone="eu"}')).toBe(2);
  });

  it("counts a histogram as the series that it is to Prometheus", () => {
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
    expect(core.state.seriesCount).toBe(12);
  });

  it("leaves an own label value of that name out of the count", () => {
    const warnings = collectWarnings();
    startInstance(core, { maxSeries: 1, url: "http://127.0.0.1:9" });
    const counter = users();
    counter.inc({ user: "_overflow", zone: "_overflow" });
    counter.inc({ user: "_overflow", zone: "eu" });
    counter.inc({ user: "b", zone: "eu" });
    expect(totalOf(core, 'logins_total{user="_overflow",zone="eu"}')).toBe(1);
    expect(totalOf(core, 'logins_total{user="_overflow",zone="_overflow"}')).toBe(2);
    expect(core.state.droppedSeries).toBe(1);
    expect(warnings).toHaveLength(1);
  });

  it("never takes away a metric without labels", () => {
    collectWarnings();
    startInstance(core, { maxSeries: 1 });
    users().inc({ user: "a", zone: "eu" });
    core.counter({ name: "hits_total", help: "Hits." }).inc();
    expect(totalOf(core, "hits_total")).toBe(1);
    expect(core.state.droppedSeries).toBe(0);
  });
});
