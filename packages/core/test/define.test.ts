import { beforeEach, describe, expect, it } from "vitest";
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

type Define = (options: object) => { readonly name: string };

const loosely = () => ({
  counter: core.counter as unknown as Define,
  gauge: core.gauge as unknown as Define,
  histogram: core.histogram as unknown as Define,
});

describe("a definition", () => {
  it.each([
    ["counter", "_total"],
    ["counter", ":a:total_total"],
    ["counter", "A9_total"],
    ["gauge", "a"],
    ["gauge", "total"],
    ["gauge", "count"],
    ["gauge", "upstream_healthy"],
    ["gauge", "gopher_burrows"],
    ["histogram", "h"],
  ] as const)("of a %s may be named %s", (type, name) => {
    expect(loosely()[type]({ name, help: "Fine." }).name).toBe(name);
  });

  it.each([
    ["", "the name must match [a-zA-Z_:][a-zA-Z0-9_:]*"],
    ["9lives_total", "the name must match [a-zA-Z_:][a-zA-Z0-9_:]*"],
    ["a-b_total", "the name must match [a-zA-Z_:][a-zA-Z0-9_:]*"],
    ["a b_total", "the name must match [a-zA-Z_:][a-zA-Z0-9_:]*"],
    ["orders_total\n", "the name must match [a-zA-Z_:][a-zA-Z0-9_:]*"],
    ["größe_total", "the name must match [a-zA-Z_:][a-zA-Z0-9_:]*"],
    ["a{b}_total", "the name must match [a-zA-Z_:][a-zA-Z0-9_:]*"],
    ["orders", "must end in _total"],
    ["orders_Total", "must end in _total"],
  ])("of a counter may not be named %j", (name, fault) => {
    const define = () => core.counter({ name, help: "Bad." });
    expect(define).toThrow(TypeError);
    expect(define).toThrow(`prefreeze: metric ${JSON.stringify(name)}: `);
    expect(define).toThrow(fault);
  });

  it.each(["orders_total", "orders_count", "orders_sum", "orders_bucket", "_count"])(
    "of a gauge or a histogram may not be named %s",
    (name) => {
      for (const define of [core.gauge, core.histogram]) {
        expect(() => define({ name, help: "Bad." })).toThrow(
          `prefreeze: metric "${name}": the name must not end in _`,
        );
      }
    },
  );

  it.each([
    "up",
    "target_info",
    "push_time_seconds",
    "push_failure_time_seconds",
    "go_goroutines",
    "go_gc_duration_seconds",
    "process_open_fds",
    "promhttp_metric_handler_requests_in_flight",
    "pushgateway_build_info",
    "prefreeze_snapshot_sequence",
    "scrape_duration_seconds",
    "faas_invoke_duration_seconds",
  ])("may not use the name %s, which other exporters use", (name) => {
    expect(() => core.gauge({ name, help: "Bad." })).toThrow("the name is reserved");
  });

  it.each(["faas_invocations_total", "prefreeze_flushes_total", "process_cpu_seconds_total"])(
    "of a counter may not use the name %s",
    (name) => {
      expect(() => core.counter({ name, help: "Bad." })).toThrow("the name is reserved");
    },
  );

  it.each([[undefined], [""], [null], [5], [{}], [Symbol("help")]])(
    "whose help is not a non-empty string (%s) is refused",
    (help) => {
      expect(() => loosely().counter({ name: "orders_total", help })).toThrow(
        'prefreeze: metric "orders_total": help is missing',
      );
    },
  );

  it.each([
    "",
    "9a",
    "a-b",
    "a:b",
    "a b",
    "a\n",
    "ä",
    "__name__",
    "__a",
    "le",
    "quantile",
    "job",
    "instance",
  ])("may not have a label %j", (label) => {
    const define = () =>
      core.counter({ name: "orders_total", help: "Bad.", labelNames: ["fine", label] });
    expect(define).toThrow(TypeError);
    expect(define).toThrow(`prefreeze: metric "orders_total": label ${JSON.stringify(label)} `);
  });

  it.each([[undefined], [null], [5], [["plan"]]])("may not use %s as a label name", (label) => {
    expect(() =>
      loosely().counter({ name: "orders_total", help: "Bad.", labelNames: [label] }),
    ).toThrow('metric "orders_total": label ');
  });

  it("may not have a label twice", () => {
    expect(() =>
      core.counter({ name: "orders_total", help: "Bad.", labelNames: ["plan", "zone", "plan"] }),
    ).toThrow('metric "orders_total": label "plan" is listed twice');
  });

  it.each([[5], [{}], ["a-b"]])("may not use %j as labelNames", (labelNames) => {
    expect(() => loosely().counter({ name: "orders_total", help: "Bad.", labelNames })).toThrow(
      `metric "orders_total": label ${JSON.stringify(labelNames)} must match [a-zA-Z_][a-zA-Z0-9_]*`,
    );
  });

  it.each([
    [[], "buckets are missing"],
    [[1, 1], "bucket 1 does not rise"],
    [[1, 3, 2], "bucket 2 does not rise"],
    [[-0, 0], "bucket 0 does not rise"],
    [[NaN], "bucket NaN is not finite"],
    [[1, Infinity], "bucket Infinity is not finite"],
    [[-Infinity, 1], "bucket -Infinity is not finite"],
    [["1"], 'bucket "1" is not a number'],
    [[null], "bucket null is not a number"],
    [Array.from({ length: 251 }, (_, i) => i), "it has more than 250 buckets"],
    ["1,2", 'bucket "1" is not a number'],
    [5, "buckets are missing"],
    [{ 1: 2 }, "buckets are missing"],
  ])("may not have the buckets %j", (buckets, fault) => {
    const define = () => loosely().histogram({ name: "size_bytes", help: "Bad.", buckets });
    expect(define).toThrow(TypeError);
    expect(define).toThrow(`prefreeze: metric "size_bytes": ${fault}`);
  });

  it.each([[[0]], [[-5, -1.5, 0, 1e-300, 1e300]], [new Set([1, 2]) as unknown as number[]]])(
    "may have the buckets %j",
    (buckets) => {
      expect(core.histogram({ name: "size_bytes", help: "Fine.", buckets }).name).toBe(
        "size_bytes",
      );
    },
  );

  it.each([
    ["counter", "work_total", "labels", ["plan"], "use name, help, labelNames"],
    ["counter", "work_total", "labelnames", ["plan"], "use name, help, labelNames"],
    ["counter", "work_total", "buckets", [1, 2], "use name, help, labelNames"],
    ["counter", "work_total", "buckets", 5, "use name, help, labelNames"],
    ["counter", "work_total", "aggregate", "sum", "use name, help, labelNames"],
    ["gauge", "work", "aggregator", "sum", "use name, help, labelNames, aggregate"],
    ["gauge", "work", "buckets", [1, 2], "use name, help, labelNames, aggregate"],
    ["histogram", "work", "aggregate", "sum", "use name, help, labelNames, buckets"],
    ["histogram", "work", "percentiles", [0.5], "use name, help, labelNames, buckets"],
  ] as const)("of a %s (%s) may not have the option %s", (type, name, option, value, advice) => {
    const define = () => loosely()[type]({ name, help: "Bad.", [option]: value });
    expect(define).toThrow(TypeError);
    expect(define).toThrow(
      `prefreeze: metric "${name}": a ${type} has no option "${option}": ${advice}`,
    );
  });

  it("may have any option that is undefined", () => {
    const define = () =>
      loosely().counter({ name: "work_total", help: "Work.", buckets: undefined });
    expect(define().name).toBe("work_total");
  });

  it.each([
    ["a name", { name: `${"n".repeat(250)}_total` }, "the name is longer than 255 characters"],
    ["a help text", { help: "h".repeat(1_025) }, "help is longer than 1024 characters"],
    ["a label", { labelNames: ["l".repeat(256)] }, "is longer than 255 characters"],
    [
      "a list of labels",
      { labelNames: Array.from({ length: 33 }, (_, i) => `l${i}`) },
      "it has more than 32 labels",
    ],
  ])("may not have %s without end, and the error stays short", (_, odd, fault) => {
    const define = () => loosely().counter({ name: "work_total", help: "Work.", ...odd });
    expect(define).toThrow(TypeError);
    expect(define).toThrow(fault);
    expect(define).toThrow(/^.{1,300}$/);
  });

  it("may not use an unknown way to aggregate", () => {
    expect(() => loosely().gauge({ name: "backlog", help: "Bad.", aggregate: "average" })).toThrow(
      'prefreeze: metric "backlog": aggregate "average" is not last, sum, max or min',
    );
  });

  it.each([
    [undefined],
    [null],
    [{}],
    [{ help: "No name." }],
    [{ name: Symbol("a"), help: "Odd." }],
  ])("that is not an object of options (%s) throws a TypeError", (options) => {
    for (const define of Object.values(loosely())) {
      expect(() => define(options as object)).toThrow(TypeError);
    }
  });

  it("that is refused has no effect", () => {
    expect(() => core.counter({ name: "orders_total", help: "" })).toThrow();
    core
      .counter({ name: "orders_total", help: "Orders.", labelNames: ["plan"] })
      .inc({ plan: "a" });
    expect(totalOf(core, 'orders_total{plan="a"}')).toBe(1);
  });

  it("is not affected by later changes to its arrays", () => {
    const labelNames = ["plan"];
    const buckets = [1, 2];
    const sizes = core.histogram({ name: "size_bytes", help: "Sizes.", labelNames, buckets });
    labelNames[0] = "a-b";
    labelNames.push("zone");
    buckets.push(0);
    sizes.observe({ plan: "pro" }, 1.5);
    expect(textOf(core)).toBe(
      [
        "# HELP size_bytes Sizes.",
        "# TYPE size_bytes histogram",
        'size_bytes_bucket{plan="pro",le="1"} 0',
        'size_bytes_bucket{plan="pro",le="2"} 1',
        'size_bytes_bucket{plan="pro",le="+Inf"} 1',
        'size_bytes_sum{plan="pro"} 1.5',
        'size_bytes_count{plan="pro"} 1',
        "",
      ].join("\n"),
    );
  });
});

describe("the same definition twice, in production,", () => {
  beforeEach(pretendProduction);

  it("defines one metric", () => {
    const define = () =>
      core.counter({ name: "orders_total", help: "Orders.", labelNames: ["plan"] });
    define().inc({ plan: "pro" });
    define().labels("pro").inc();
    core
      .counter({ name: "orders_total", help: "Other words.", labelNames: ["plan"] })
      .inc({ plan: "pro" });
    expect(totalOf(core, 'orders_total{plan="pro"}')).toBe(3);
    expect(textOf(core)).toContain("# HELP orders_total Orders.\n");
  });

  it("defines one metric whether or not defaults are spelled out", () => {
    core.gauge({ name: "backlog", help: "Waiting." }).set(1);
    core.gauge({ name: "backlog", help: "Waiting.", aggregate: "last", labelNames: [] }).inc();
    core.gauge({ name: "backlog", help: "Waiting.", aggregate: undefined as never }).inc();
    expect(totalOf(core, "backlog")).toBe(3);
  });

  it.each([
    ["type", "gauge", { name: "work", help: "Work." }],
    ["labels", "histogram", { name: "work", help: "Work.", labelNames: ["a", "c"] }],
    ["order of labels", "histogram", { name: "work", help: "Work.", labelNames: ["b", "a"] }],
    ["buckets", "histogram", { name: "work", help: "Work.", labelNames: ["a", "b"], buckets: [1] }],
  ] as const)("throws if the %s differs", (_, type, options) => {
    core.histogram({ name: "work", help: "Work.", labelNames: ["a", "b"] });
    const define = () => loosely()[type](options);
    expect(define).toThrow(TypeError);
    expect(define).toThrow('prefreeze: metric "work": it is defined twice, as {"type":');
    expect(define).toThrow("rename one of them");
  });

  it("throws if aggregate differs", () => {
    core.gauge({ name: "backlog", help: "Waiting.", aggregate: "sum" });
    expect(() => core.gauge({ name: "backlog", help: "Waiting.", aggregate: "max" })).toThrow(
      /"sum".* and as .*"max"/,
    );
  });
});

describe("a definition on an instance with grouping labels", () => {
  it("is refused if one of its labels is a grouping label", () => {
    collectWarnings();
    startInstance(core, { grouping: { zone: "eu" } });
    expect(() =>
      core.counter({ name: "orders_total", help: "Orders.", labelNames: ["plan", "zone"] }),
    ).toThrow('metric "orders_total": label "zone" is a grouping or constant label already');
  });

  it("may have a label named like a property that every object inherits", () => {
    collectWarnings();
    startInstance(core, { grouping: { zone: "eu" } });
    core
      .counter({ name: "orders_total", help: "Orders.", labelNames: ["constructor", "valueOf"] })
      .labels("a", "b")
      .inc();
    expect(totalOf(core, 'orders_total{constructor="a",valueOf="b"}')).toBe(1);
  });
});
