import { beforeEach, describe, expect, it } from "vitest";
import { collectWarnings, type Core, freshCore, textOf, totalOf } from "./core.js";
import { fakePlatform, startInstance } from "./fake-platform.js";

let core: Core;

beforeEach(async () => {
  core = await freshCore();
});

const huge = "x".repeat(17_000_000);

function logins() {
  return core.counter({ name: "logins_total", help: "Logins.", labelNames: ["user", "zone"] });
}

describe("a label value", () => {
  it.each([
    ["1,024 characters of one byte", "x".repeat(1_024)],
    ["341 characters of three bytes", "€".repeat(341)],
    ["256 characters of four bytes", "😀".repeat(256)],
  ])("may have %s", (_, user) => {
    const warnings = collectWarnings();
    logins().inc({ user, zone: "eu" });
    expect(totalOf(core, `logins_total{user="${user}",zone="eu"}`)).toBe(1);
    expect(warnings).toEqual([]);
  });

  it.each([
    ["1,025 characters of one byte", "x".repeat(1_025)],
    ["342 characters of three bytes", "€".repeat(342)],
    ["257 characters of four bytes", "😀".repeat(257)],
    ["17 million characters", huge],
  ])("that has %s goes to the overflow series, which is counted and warned of once", (_, user) => {
    const warnings = collectWarnings();
    const counter = logins();
    counter.inc({ user, zone: "eu" }, 2);
    counter.labels({ user, zone: "us" }).inc();
    expect(textOf(core)).toBe(
      [
        "# HELP logins_total Logins.",
        "# TYPE logins_total counter",
        'logins_total{user="_overflow",zone="_overflow"} 3',
        "",
      ].join("\n"),
    );
    expect(core.catalog.droppedSeries).toBe(2);
    expect(warnings).toEqual([
      'prefreeze: metric "logins_total": label "user" has values of more than 1024 bytes: they add up as _overflow',
    ]);
  });

  it("that becomes too long while it is read is dropped", () => {
    const warnings = collectWarnings();
    let reads = 0;
    const zone = "eu";
    for (const _ of [1, 2])
      logins().inc({
        get user() {
          return reads++ % 2 ? huge : `${reads}`;
        },
        zone,
      });
    expect(textOf(core)).toBe("");
    expect(warnings).toEqual([
      'prefreeze: metric "logins_total": a label changes while it is read; this recording is dropped',
    ]);
  });

  it("that is too long beside a label that is wrong is dropped", () => {
    const warnings = collectWarnings();
    const inc = logins().inc as (labels: object) => void;
    inc({ user: huge });
    inc({ user: huge, zone: "eu", plan: "pro" });
    expect(textOf(core)).toBe("");
    expect(core.catalog.droppedRecordings).toBe(2);
    expect(warnings).toHaveLength(2);
  });

  it("may be longer or shorter if maxLabelBytes says so", () => {
    collectWarnings();
    startInstance(core, { maxLabelBytes: 4 });
    const counter = logins();
    counter.inc({ user: "four", zone: "eu" });
    counter.inc({ user: "three", zone: "eu" });
    expect(totalOf(core, 'logins_total{user="four",zone="eu"}')).toBe(1);
    expect(totalOf(core, 'logins_total{user="_overflow",zone="_overflow"}')).toBe(1);
  });

  it("of megabytes leaves no copy in memory", () => {
    collectWarnings();
    const counter = logins();
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 300; i++) counter.inc({ user: `${i}${huge}`, zone: "eu" });
    expect(core.catalog.droppedSeries).toBe(300);
    expect(process.memoryUsage().rss - before).toBeLessThan(500_000_000);
  });
});

describe("a setting that becomes a label", () => {
  it("is cut if it is a label of target_info", () => {
    const targetInfo = { service_version: huge };
    core.instanceOn(fakePlatform({ targetInfo }), { url: "http://127.0.0.1:9" });
    expect(textOf(core)).toContain(`\ntarget_info{service_version="${"x".repeat(255)}"} 1\n`);
  });

  it("is ignored with a warning if it is a job, a prefix or a grouping label of a variable", () => {
    const warnings = collectWarnings();
    const env = {
      PREFREEZE_JOB: huge,
      PREFREEZE_INSTANCE_PREFIX: huge,
      PREFREEZE_GROUPING: `stage=${huge}`,
    };
    const instance = core.instanceOn(fakePlatform({ env }), { url: "http://127.0.0.1:9" });
    expect(instance?.settings).toMatchObject({ job: "checkout", grouping: {} });
    expect(warnings.join("\n")).toContain(
      "PREFREEZE_JOB is longer than 255 characters and is ignored",
    );
    expect(warnings.join("\n")).toContain("is longer than 1024 characters");
    expect(warnings.join("").length).toBeLessThan(1_000);
  });

  it("throws a short TypeError if it is a grouping label of an option", () => {
    const start = () => startInstance(core, { grouping: { stage: huge } });
    expect(start).toThrow(TypeError);
    expect(start).toThrow(/^prefreeze: .{1,100}is longer than 1024 characters$/);
  });
});

describe("a warning", () => {
  it("shows the start of a label's name, however long the name is", () => {
    const warnings = collectWarnings();
    (logins().inc as (labels: object) => void)({ user: "a", zone: "eu", [huge]: 1 });
    expect(warnings).toEqual([
      `prefreeze: metric "logins_total": label "${"x".repeat(100)}…" is not in labelNames; this recording is dropped`,
    ]);
  });

  it("never keeps a long subject, and shows the start of a long message", () => {
    const warnings = collectWarnings();
    for (const ending of ["a", "b"]) core.warnOnce(huge + ending, huge + ending);
    const kept = core.shared("warned", new Set<string>());
    expect([...kept].join("").length).toBeLessThan(300);
    expect(warnings.join("").length).toBeLessThan(2_100);
  });

  it("shows the start of an error's message and of its causes, however long they are", () => {
    const error: Error = new Error(huge);
    error.cause = error;
    expect(core.reasonOf(error).length).toBeLessThan(4_000);
  });
});

describe("a snapshot", () => {
  it("stays below what the journal takes, and keeps room for prefreeze's own metrics", async () => {
    const warnings = collectWarnings();
    startInstance(core, { maxSeries: 100_000, url: "http://127.0.0.1:9" });
    const calls = core.histogram({ name: "call_seconds", help: "Time.", labelNames: ["a", "b"] });
    const hits = core.counter({ name: "hits_total", help: "Hits." });
    for (let i = 0; i < 2_000; i++) {
      // Each of these characters is written as two.
      calls.observe({ a: `${"\n".repeat(500)}${i}`, b: "😀".repeat(250) }, Math.PI);
      core.counter({ name: `event_${i}_total`, help: "\\".repeat(1_000) }).inc();
    }
    hits.inc();
    const own = core.builtIn("counter", "faas_odd_total", "Own.", ["faas_trigger"]);
    core.initSeries(own, { faas_trigger: "timer" });
    const text = textOf(core);
    expect(Buffer.byteLength(text)).toBeGreaterThan(300_000);
    expect(Buffer.byteLength(text)).toBeLessThan(2 ** 20 - 48_000);
    expect(text).toContain("\nhits_total 1\n");
    expect(text).toContain('\nfaas_odd_total{faas_trigger="timer"} 0\n');
    expect(totalOf(core, 'call_seconds_count{a="_overflow",b="_overflow"}')).toBeGreaterThan(1_900);
    expect(warnings).toEqual([
      'prefreeze: metric "call_seconds" is over the limit of a snapshot: new label values add up as _overflow',
      expect.stringMatching(
        /^prefreeze: metric "event_\d+_total" is over the limit of a snapshot: it and all further metrics are dropped$/,
      ),
    ]);
  });
});
