import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  collectWarnings,
  type Core,
  freshCore,
  pretendProduction,
  textOf,
  totalOf,
} from "./core.js";
import { startInstance } from "./fake-platform.js";

let core: Core;

beforeEach(async () => {
  core = await freshCore();
});

const name = "orders_total";

describe("a definition that is edited while the program runs", () => {
  it.each([
    ["NODE_ENV", "development"],
    ["NODE_ENV", "test"],
    ["VITEST", "true"],
    ["JEST_WORKER_ID", "1"],
    ["NODE_TEST_CONTEXT", "child-v8"],
  ])("replaces the one before if %s is %s, with one warning", (variable, value) => {
    pretendProduction();
    vi.stubEnv(variable, value);
    const warnings = collectWarnings();
    core.counter({ name, help: "Orders.", labelNames: ["plan"] }).inc({ plan: "pro" });
    core.counter({ name, help: "Orders.", labelNames: ["zone"] }).inc({ zone: "eu" });
    core.counter({ name, help: "Orders.", labelNames: ["tier"] }).inc({ tier: "a" }, 2);
    expect(textOf(core)).toBe(
      `# HELP ${name} Orders.\n# TYPE ${name} counter\n${name}{tier="a"} 2\n`,
    );
    expect(warnings).toEqual([
      'prefreeze: metric "orders_total": it is defined twice, as {"type":"counter","labelNames":["plan"]} and as {"type":"counter","labelNames":["zone"]}: rename one of them; in production, this throws',
    ]);
  });

  it("throws in production, and the first one stays", () => {
    pretendProduction();
    const warnings = collectWarnings();
    core.counter({ name, help: "Orders.", labelNames: ["plan"] }).inc({ plan: "pro" });
    expect(() => core.counter({ name, help: "Orders.", labelNames: ["zone"] })).toThrow(
      "rename one of them",
    );
    expect(totalOf(core, `${name}{plan="pro"}`)).toBe(1);
    expect(warnings).toEqual([]);
  });

  it("throws in production on a platform without `process`", () => {
    pretendProduction();
    vi.stubGlobal("process", undefined);
    try {
      core.counter({ name, help: "Orders.", labelNames: ["plan"] });
      expect(() => core.counter({ name, help: "Orders." })).toThrow("rename one of them");
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it("may change its type, its buckets and its help", () => {
    collectWarnings();
    core.histogram({ name: "work", help: "Work.", buckets: [1] }).observe(1);
    core.histogram({ name: "work", help: "Work done.", buckets: [2] }).observe(1);
    expect(textOf(core)).toContain(
      '# HELP work Work done.\n# TYPE work histogram\nwork_bucket{le="2"} 1\n',
    );
    core.histogram({ name: "work", help: "All work.", buckets: [2] });
    expect(textOf(core)).toContain("# HELP work All work.\n");
    core.gauge({ name: "work", help: "Work left." }).set(7);
    expect(textOf(core)).toBe("# HELP work Work left.\n# TYPE work gauge\nwork 7\n");
  });

  it("leaves handles of the one before harmless", () => {
    const warnings = collectWarnings();
    const stale = core.counter({ name, help: "Orders.", labelNames: ["plan"] });
    const child = stale.labels("pro");
    const fresh = core.counter({ name, help: "Orders.", labelNames: ["zone"] });
    fresh.inc({ zone: "eu" });
    child.inc(10);
    stale.inc({ plan: "pro" }, 10);
    stale.inc({ plan: "free" }, 10);
    expect(textOf(core)).toBe(
      `# HELP ${name} Orders.\n# TYPE ${name} counter\n${name}{zone="eu"} 1\n`,
    );
    expect(core.catalog.droppedRecordings).toBe(1);
    expect(warnings.at(-1)).toBe(
      'prefreeze: metric "orders_total": its definition was replaced; this recording is dropped',
    );
  });

  it("gives the room of the one before back, however often it is edited", () => {
    collectWarnings();
    startInstance(core, { maxSeries: 30 });
    const { bytes } = core.catalog;
    for (let edit = 0; edit < 500; edit++) {
      const labelled = { name, help: "Orders.", labelNames: [`label${edit % 7}`] };
      for (const zone of ["eu", "us"]) core.counter(labelled).labels(zone).inc();
      core.histogram({ name: "work", help: "Work.", buckets: [edit] }).observe(1);
      core.gauge({ name: "level", help: "Level.", aggregate: edit % 2 ? "sum" : "max" });
    }
    expect(core.catalog.seriesCount).toBe(2 + 4 + 1);
    expect(core.catalog.bytes - bytes).toBeLessThan(2_000);
    expect(core.catalog.droppedSeries).toBe(0);
  });

  it("is not replaced by what another process left of the one before", () => {
    const warnings = collectWarnings();
    core.counter({ name, help: "Orders before.", labelNames: ["plan"] }).inc({ plan: "pro" });
    const left = textOf(core);
    core.counter({ name, help: "Orders.", labelNames: ["zone"] }).inc({ zone: "eu" });
    core.addTotals(left);
    expect(textOf(core)).toBe(
      `# HELP ${name} Orders.\n# TYPE ${name} counter\n${name}{zone="eu"} 1\n`,
    );
    expect(warnings).toHaveLength(1);
  });

  it("never replaces a metric of prefreeze itself", () => {
    const own = core.builtIn("histogram", "http_server_request_duration_seconds", "Own.", [], [1]);
    core.initSeries(own);
    expect(() => core.histogram({ name: own.name, help: "Mine.", buckets: [2] })).toThrow(
      "defined twice",
    );
  });
});
