import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { collectWarnings, type Core, forgetAll, freshCore, textOf, totalOf } from "./core.js";
import { garbage } from "./garbage.js";

let core: Core;

beforeEach(async () => {
  core = await freshCore();
});

function requests() {
  return core.counter({
    name: "requests_total",
    help: "Requests.",
    labelNames: ["method", "code"],
  });
}

type Loose = (...recording: unknown[]) => void;

describe("labels", () => {
  it.each([
    ["a missing label", { method: "GET" }, 'label "code" is undefined'],
    ["no labels", undefined, 'label "method" is undefined'],
    [
      "an unknown label",
      { method: "GET", code: 1, path: "/" },
      'label "path" is not in labelNames',
    ],
    ["a label that is null", { method: null, code: 1 }, 'label "method" is null'],
    ["a label that is a boolean", { method: true, code: 1 }, 'label "method" is a boolean'],
    ["a label that is a symbol", { method: Symbol("x"), code: 1 }, 'label "method" is a symbol'],
    ["a label that is an object", { method: { a: 1 }, code: 1 }, 'label "method" is an object'],
  ])("drop a recording with %s, count the drop and warn once", (_, labels, complaint) => {
    const warnings = collectWarnings();
    const inc = requests().inc as Loose;
    inc(labels, 1);
    inc(labels, 1);
    expect(textOf(core)).toBe("");
    expect(core.catalog.droppedRecordings).toBe(2);
    expect(warnings).toEqual([
      `prefreeze: metric "requests_total": ${complaint}; this recording is dropped`,
    ]);
  });

  it("warn about each metric and each label separately", () => {
    const warnings = collectWarnings();
    const first = core.counter({ name: "first_total", help: "First.", labelNames: ["a"] });
    const second = core.counter({ name: "second_total", help: "Second.", labelNames: ["a"] });
    for (const metric of [first, second]) {
      (metric.inc as Loose)({});
      (metric.inc as Loose)({ a: "x", b: "y" });
    }
    expect(warnings).toHaveLength(4);
    expect(new Set(warnings).size).toBe(4);
  });

  it("are named in a warning of one line, whatever they contain", () => {
    const warnings = collectWarnings();
    (requests().inc as Loose)({ method: "GET", code: 1, "a\nb\r\u2028c": 1 });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).not.toMatch(/[\n\r\u2028]/);
  });

  it("never fill memory with warnings", () => {
    const warnings = collectWarnings();
    const inc = requests().inc as Loose;
    for (let i = 0; i < 3_000; i++) inc({ method: "GET", code: 1, [`label${i}`]: 1 });
    expect(core.catalog.droppedRecordings).toBe(3_000);
    expect(warnings.length).toBeLessThanOrEqual(1_001);
  });

  it("do not reveal a label's value in a warning, since it may be personal", () => {
    const warnings = collectWarnings();
    (requests().inc as Loose)({ method: "GET", code: 1, user: "alice@example.org" });
    expect(warnings.join()).not.toContain("alice");
  });

  it.each([
    ["too few values", ["GET"], 'label "code"'],
    ["too many values", ["GET", 200, "eu"], '"#3"'],
    ["no values", [], 'label "method"'],
    ["an invalid value", ["GET", {}], 'label "code"'],
  ])("by position drop a recording with %s", (_, chosen, complaint) => {
    const warnings = collectWarnings();
    const labels = requests().labels as (...chosen: unknown[]) => { inc(): void };
    labels(...chosen).inc();
    expect(textOf(core)).toBe("");
    expect(core.catalog.droppedRecordings).toBe(1);
    expect(warnings[0]).toContain(complaint);
  });

  it("are refused if the metric has none", () => {
    const warnings = collectWarnings();
    (core.counter({ name: "hits_total", help: "Hits." }).inc as Loose)({ plan: "pro" });
    expect(textOf(core)).toBe("");
    expect(warnings[0]).toContain('label "plan" is not in labelNames');
  });

  it("may be inherited, or belong to an object without prototype", () => {
    class Request {
      method = "GET";
    }
    const counter = requests();
    counter.inc(Object.assign(Object.create({ method: "GET" }), { code: 1 }));
    counter.inc(Object.assign(Object.create(null), { method: "GET", code: 1 }));
    counter.inc(Object.assign(new Request(), { code: 1 }));
    expect(totalOf(core, 'requests_total{method="GET",code="1"}')).toBe(3);
  });

  it("may be named like properties that every object inherits", () => {
    const counter = core.counter({
      name: "odd_total",
      help: "Odd.",
      labelNames: ["constructor", "toString"],
    });
    counter.inc({ constructor: "a", toString: "b" });
    expect(totalOf(core, 'odd_total{constructor="a",toString="b"}')).toBe(1);
  });

  it.each(garbage)(
    "drop a recording if %s is given for the labels or for one label",
    (_, value) => {
      collectWarnings();
      const inc = requests().inc as Loose;
      inc(value, 1);
      inc({ method: "GET", code: typeof value === "string" ? undefined : value }, 1);
      expect(textOf(core)).toBe("");
      expect(core.catalog.droppedRecordings).toBe(2);
    },
  );

  it("drop a recording if they throw or change while they are read", () => {
    collectWarnings();
    const inc = requests().inc as Loose;
    inc({
      method: "GET",
      get code() {
        throw new Error("no looking");
      },
    });
    let reads = 0;
    inc({
      method: "GET",
      get code() {
        reads += 1;
        return reads === 1 ? "200" : Symbol("changed");
      },
    });
    expect(textOf(core)).toBe("");
    expect(core.catalog.droppedRecordings).toBe(2);
  });
});

describe("label values", () => {
  it.each([
    ["a line feed", "a\nb", '"a\\nb"'],
    ["quotes", 'a"b', '"a\\"b"'],
    ["backslashes", "a\\b\\", '"a\\\\b\\\\"'],
    ["a backslash before an n", "a\\nb", '"a\\\\nb"'],
    ["a carriage return and a tab", "a\r\tb", '"a\r\tb"'],
    ["NUL", "a\0b", '"a\0b"'],
    ["an emoji", "👩‍🚀", '"👩‍🚀"'],
    ["nothing", "", '""'],
    ["a lone surrogate", "a\ud800b", '"a\ufffdb"'],
    ["surrogates the wrong way round", "\udc00\ud800", '"\ufffd\ufffd"'],
    ["the value of an overflow series", "_overflow", '"_overflow"'],
    ["a number", 0.1 + 0.2, '"0.30000000000000004"'],
    ["minus zero", -0, '"0"'],
    ["NaN", NaN, '"NaN"'],
  ])("are written with the escapes of the text format: %s", (_, value, written) => {
    const counter = core.counter({ name: "odd_total", help: "Odd.", labelNames: ["label"] });
    counter.inc({ label: value });
    counter.labels(value).inc();
    expect(textOf(core).split("\n")).toContain(`odd_total{label=${written}} 2`);
  });

  it("that are equal in UTF-8 are one series, each time", () => {
    const counter = core.counter({ name: "odd_total", help: "Odd.", labelNames: ["a", "b"] });
    for (const value of ["\ud800", "\udfff", "\ufffd", "\ud800"]) counter.inc({ a: value, b: "" });
    expect(
      textOf(core)
        .split("\n")
        .filter((line) => line.startsWith("odd_total")),
    ).toEqual(['odd_total{a="\ufffd",b=""} 4']);
  });

  it("make one series for each combination, even if they concatenate to the same text", () => {
    const part = fc.oneof(
      fc.constantFrom("", "1", "1:", ":", "2:a", "a", ",", '"', '","', "\0", "\ufffd", "\ud800"),
      fc.string({ maxLength: 4 }),
    );
    const combination = fc.tuple(part, part, part);
    fc.assert(
      fc.property(fc.array(combination, { minLength: 1, maxLength: 30 }), (combinations) => {
        forgetAll(core);
        const counter = core.counter({
          name: "odd_total",
          help: "Odd.",
          labelNames: ["a", "b", "c"],
        });
        const expected = new Map<string, number>();
        for (const [a, b, c] of combinations) {
          counter.inc({ a, b, c });
          const key = JSON.stringify([a, b, c].map((value) => Buffer.from(value).toString()));
          expected.set(key, (expected.get(key) ?? 0) + 1);
        }
        const series = [...core.catalog.metrics.get("odd_total")!.series.values()];
        const counted = new Map(
          series.map(({ labelValues, total }) => [JSON.stringify(labelValues), total?.value]),
        );
        expect(counted).toEqual(expected);
        expect(series).toHaveLength(expected.size);
      }),
    );
  });
});
