import * as users from "@prefreeze/core";
import * as adapters from "@prefreeze/core/adapter";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { definition, recording } from "../../../core/test/arbitrary-metrics.js";
import {
  collectWarnings,
  forgetAll,
  pretendProduction,
  textOf,
  totalOf,
} from "../../../core/test/core.js";
import * as internals from "../../../core/test/internals.js";
import { startInstance } from "../../../core/test/fake-platform.js";
import {
  LIFE,
  newJournalDirectory,
  type JournalDirectory,
  totalsWith,
} from "./journal-directory.js";

const core = { ...users, ...adapters, ...internals };
const { catalog } = core;

let journalDirectory: JournalDirectory;
let journal: adapters.Journal;
let warnings: readonly string[];

beforeEach(() => {
  journalDirectory = newJournalDirectory();
  journal = journalDirectory.open()!;
  warnings = collectWarnings();
  forgetAll(core);
});

/** Simulates that the process dies; the next one defines only what `define` defines before it restores. */
function nextProcess(define: () => unknown = () => undefined): void {
  journal.write(LIFE, totalsWith(textOf(core), true), false);
  forgetAll(core);
  define();
  journal = journalDirectory.reopen()!;
  journal.restored!.addTotals();
}

const orders = () =>
  core.counter({ name: "orders_total", help: "Orders.", labelNames: ["plan", "region"] });
const charge = () => core.histogram({ name: "charge_seconds", help: "Time.", buckets: [1, 2, 5] });

describe("totals of the previous process", () => {
  it("become those of this process, whether or not their metrics are defined", () => {
    orders().inc({ plan: "pro", region: 'a "b" \\ \n c=","' }, 3);
    for (const seconds of [0.5, 1, 4, 9]) charge().observe(seconds);
    const before = textOf(core);
    nextProcess();
    expect(textOf(core)).toBe(before);
    nextProcess(() => (orders(), charge()));
    expect(textOf(core)).toBe(before);
    expect(warnings).toEqual([]);
  });

  it("are added to what this process has recorded already", () => {
    orders().inc({ plan: "pro", region: "eu" }, 3);
    charge().observe(4);
    nextProcess(() => {
      orders().inc({ plan: "pro", region: "eu" }, 10);
      charge().observe(0.5);
    });
    expect(totalOf(core, 'orders_total{plan="pro",region="eu"}')).toBe(13);
    expect(totalOf(core, 'charge_seconds_bucket{le="1"}')).toBe(1);
    expect(totalOf(core, 'charge_seconds_bucket{le="5"}')).toBe(2);
    expect(totalOf(core, "charge_seconds_sum")).toBe(4.5);
  });

  it("continue if their metric is defined later", () => {
    orders().inc({ plan: "pro", region: "eu" }, 3);
    charge().observe(4);
    nextProcess();
    orders().inc({ plan: "pro", region: "eu" });
    orders().inc({ plan: "free", region: "eu" });
    charge().observe(4);
    expect(totalOf(core, 'orders_total{plan="pro",region="eu"}')).toBe(4);
    expect(totalOf(core, 'orders_total{plan="free",region="eu"}')).toBe(1);
    expect(totalOf(core, "charge_seconds_count")).toBe(2);
    // The metric is defined now, so another definition of it is an error as usual.
    pretendProduction();
    expect(() => core.counter({ name: "orders_total", help: "Orders." })).toThrow(TypeError);
  });

  it.each([
    [
      "a counter with its labels in another order",
      () => {
        const labelNames = ["region", "plan"] as const;
        core
          .counter({ name: "orders_total", help: "Orders.", labelNames })
          .labels("eu", "pro")
          .inc();
      },
      [
        "# HELP orders_total Orders.",
        "# TYPE orders_total counter",
        'orders_total{region="eu",plan="pro"} 1',
      ],
    ],
    [
      "a histogram with other buckets",
      () => {
        core.histogram({ name: "charge_seconds", help: "Time.", buckets: [1] }).observe(9);
      },
      [
        "# HELP charge_seconds Time.",
        "# TYPE charge_seconds histogram",
        'charge_seconds_bucket{le="1"} 0',
        'charge_seconds_bucket{le="+Inf"} 1',
        "charge_seconds_sum 9",
        "charge_seconds_count 1",
      ],
    ],
    [
      "a gauge",
      () => {
        core.gauge({ name: "charge_seconds", help: "Time." }).set(5);
      },
      ["# HELP charge_seconds Time.", "# TYPE charge_seconds gauge", "charge_seconds 5"],
    ],
  ])("are replaced by %s of the same name, defined before or after restoring", (_, use, lines) => {
    const name = lines[0]!.split(" ")[2]!;
    for (const early of [true, false]) {
      forgetAll(core);
      orders().inc({ plan: "pro", region: "eu" }, 3);
      charge().observe(4);
      nextProcess(early ? use : undefined);
      if (!early) use();
      const ofName = textOf(core)
        .split("\n")
        .filter((line) => line.includes(name));
      expect(ofName).toEqual(lines);
      // The other metric has kept its totals.
      expect(textOf(core)).toContain(name === "orders_total" ? "charge_seconds_sum 4" : "} 3");
    }
    expect(warnings).toEqual([]);
  });

  it("count against maxSeries, until they are replaced", () => {
    orders().inc({ plan: "pro", region: "eu" });
    orders().inc({ plan: "free", region: "eu" });
    core
      .histogram({ name: "h_seconds", help: "H.", labelNames: ["a"], buckets: [1] })
      .observe({ a: "x" }, 1);
    const { seriesCount } = catalog;
    expect(seriesCount).toBe(6);
    nextProcess();
    expect(catalog.seriesCount).toBe(seriesCount);
    orders();
    expect(catalog.seriesCount).toBe(seriesCount);
    core.histogram({ name: "h_seconds", help: "H.", labelNames: ["a"], buckets: [1, 2] });
    expect(catalog.seriesCount).toBe(2);
  });

  it("keep each series of a full snapshot, whichever metrics come first now", () => {
    const start = () => startInstance(core, { url: "http://localhost:9", maxSeries: 100_000 });
    const long = "x".repeat(1_000);
    start();
    for (let i = 0; i < 900; i++) orders().inc({ plan: `${i}`, region: long });
    expect(totalOf(core, 'orders_total{plan="_overflow",region="_overflow"}')).toBeGreaterThan(0);
    for (const metric of ["invocations", "timeouts", "coldstarts"])
      core.initSeries(catalog.metrics.get(`faas_${metric}_total`)!, { faas_trigger: "timer" });
    const durations = catalog.metrics.get("faas_invoke_duration_seconds")!;
    core.initSeries(durations, { faas_trigger: "timer" });
    const linesOf = () =>
      textOf(core)
        .split("\n")
        .filter((line) => line.startsWith("orders_total"))
        .sort();
    const before = linesOf();
    nextProcess(start);
    expect(linesOf().filter((line) => !before.includes(line))).toEqual([]);
    expect(linesOf()).toHaveLength(before.length);
    expect(catalog).toMatchObject({ maxSeries: 100_000, maxBytes: 1_000_000 });
  });

  it("do not include gauges", () => {
    core.gauge({ name: "backlog", help: "B." }).set(3);
    orders().inc({ plan: "pro", region: "eu" });
    nextProcess();
    expect(textOf(core)).not.toContain("backlog");
    expect(textOf(core)).toContain("orders_total");
  });

  it("include metrics of prefreeze itself only if this process has them, too", () => {
    startInstance(core, { url: "http://localhost:9" });
    const trigger = { faas_trigger: "http" };
    const errors = { ...trigger, error_type: "TypeError" };
    core.initSeries(catalog.metrics.get("faas_invocations_total")!, trigger).total!.value = 5;
    core.initSeries(catalog.metrics.get("faas_errors_total")!, errors).total!.value = 2;
    nextProcess(() => startInstance(core, { url: "http://localhost:9" }));
    expect(totalOf(core, 'faas_invocations_total{faas_trigger="http"}')).toBe(5);
    expect(totalOf(core, 'faas_errors_total{faas_trigger="http",error_type="TypeError"}')).toBe(2);
    expect(textOf(core)).toContain('target_info{faas_name="checkout"} 1');
    nextProcess();
    expect(textOf(core)).toBe("");
  });
});

it("any totals are restored unchanged", () => {
  // In development, the later of two definitions replaces the other, with its totals.
  pretendProduction();
  fc.assert(
    fc.property(
      fc.array(definition, { maxLength: 8 }),
      fc.array(recording, { maxLength: 40 }),
      fc.nat(8),
      (definitions, recordings, early) => {
        forgetAll(core);
        const define = ({ type, buckets, ...options }: (typeof definitions)[number]) => {
          try {
            if (type === "gauge") return undefined;
            if (type === "counter") return core.counter(options);
            return core.histogram({ ...options, buckets });
          } catch {
            // Refused definitions are tested elsewhere.
            return undefined;
          }
        };
        const metrics = definitions.map(define).filter((metric) => metric !== undefined);
        for (const { metric, labels, value } of recordings) {
          const chosen = metrics[metric % metrics.length];
          if (!chosen) continue;
          const { labelNames } = catalog.metrics.get(chosen.name)!;
          const child = chosen.labels(...(labels.slice(0, labelNames.length) as never[]));
          if ("inc" in child) child.inc(value);
          else child.observe(value);
        }
        const before = asUtf8(textOf(core));
        nextProcess(() => definitions.slice(0, early).forEach(define));
        expect(asUtf8(textOf(core))).toBe(before);
        expect(catalog.seriesCount).toBe(countSeries());
        // A later definition is the same metric.
        definitions.forEach(define);
        expect(asUtf8(textOf(core))).toBe(before);
      },
    ),
    { numRuns: 200 },
  );
}, 120_000);

/** How many series the totals count against `maxSeries`. */
function countSeries(): number {
  let count = 0;
  for (const { buckets, labelNames, series } of catalog.metrics.values()) {
    const labelled = [...series.values()].filter(
      ({ total, labelValues }) => total && labelValues.some((value) => value !== "_overflow"),
    );
    // Without labels, a definition counts.
    count += (labelNames.length > 0 ? labelled.length : 1) * (buckets ? buckets.length + 3 : 1);
  }
  return count;
}

function asUtf8(text: string): string {
  return Buffer.from(text).toString();
}
