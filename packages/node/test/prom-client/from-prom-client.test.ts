import { createAggregate } from "@prefreeze/core/aggregate";
import { fromPromClient } from "@prefreeze/node";
import client from "prom-client";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { collectWarnings, pretendProduction, valueIn } from "../../../core/test/core.js";
import { core, endProcess, linesOf, startProcess } from "./process.js";

let register: client.Registry;
let warnings: readonly string[];

beforeEach(() => {
  endProcess();
  warnings = collectWarnings();
  register = new client.Registry();
});

function counter(labelNames: string[] = [], name = "orders_total") {
  return new client.Counter({ name, help: "Orders.", labelNames, registers: [register] });
}

function gauge(labelNames: string[] = [], name = "backlog") {
  return new client.Gauge({ name, help: "Waiting.", labelNames, registers: [register] });
}

describe("a push", () => {
  it("carries counters, gauges and histograms as prom-client shows them", async () => {
    counter(["plan"]).inc({ plan: "pro" }, 2.5);
    gauge().set(-3);
    const sizes = new client.Histogram({
      name: "size_bytes",
      help: "Sizes.",
      labelNames: ["kind"],
      buckets: [1, 10],
      registers: [register],
    });
    for (const size of [0.5, 5, 50]) sizes.observe({ kind: "a" }, size);
    fromPromClient(register);
    const text = await startProcess().push();
    const theirs = linesOf(await register.metrics(), "");
    for (const line of theirs.filter((each) => each && !each.startsWith("#"))) {
      // prom-client writes the bound of a bucket first, and a zero where nothing was recorded.
      expect(text).toContain(line.replace(/\{(le="[^"]*"),(.*)\}/, "{$2,$1}"));
    }
    expect(text).toContain("# HELP orders_total Orders.\n# TYPE orders_total counter\n");
  });

  it("carries default metrics, under the names that they have there", async () => {
    client.collectDefaultMetrics({ register });
    fromPromClient(register);
    const text = await startProcess().push();
    const names = register
      .getMetricsAsArray()
      .map(({ name }) => name)
      // Seen with the first garbage collection.
      .filter((name) => name !== "nodejs_gc_duration_seconds");
    expect(names.length).toBeGreaterThan(20);
    const missing = names.filter((name) => !text.includes(`\n# TYPE ${name} `));
    // Requests and handles by type, of which there are none at times.
    expect(missing.filter((name) => !/^nodejs_active_(requests|handles)$/.test(name))).toEqual([]);
    expect(warnings).toEqual([]);
  });

  it("has default labels, beside those of the metric, whose values stand", async () => {
    register.setDefaultLabels({ app: "shop", plan: "none" });
    const orders = counter(["plan"]);
    orders.inc({ plan: "pro" });
    orders.inc();
    fromPromClient(register);
    expect(linesOf(await startProcess().push(), "orders_total")).toEqual([
      'orders_total{app="shop",plan="pro"} 1',
      'orders_total{app="shop",plan="none"} 1',
    ]);
  });

  it("carries the growth since the last one, whatever invocation is running", async () => {
    const orders = counter();
    fromPromClient(register);
    const { push } = startProcess();
    orders.inc();
    expect(valueIn(await push(), "orders_total")).toBe(1);
    const record = await core.recorded(async () => {
      orders.inc(2);
      expect(valueIn(await push(), "orders_total")).toBe(3);
    });
    expect(record.series).toEqual([]);
  });

  it("shows the very number that the registry has, however many fractions were added between pushes", async () => {
    const seconds = counter([], "busy_seconds_total");
    const own = { help: "Sizes.", buckets: [1], registers: [register] };
    const sizes = new client.Histogram({ name: "size", ...own });
    const times = new client.Summary({
      name: "took_seconds",
      help: "Time.",
      registers: [register],
    });
    fromPromClient(register);
    const { push } = startProcess();
    for (let i = 1; i <= 50; i++) {
      seconds.inc(i / 7);
      sizes.observe(0.1 * i);
      times.observe(0.01 / i);
      const text = await push();
      const theirs = await register.metrics();
      for (const name of ["busy_seconds_total", "size_sum", "took_seconds_sum"])
        expect(valueIn(text, name)).toBe(valueIn(theirs, name));
    }
  });

  it("shows the fractions counted since a reset on top of those before, and never falls", async () => {
    const seconds = counter([], "busy_seconds_total");
    fromPromClient(register);
    const { push } = startProcess();
    seconds.inc(1 / 3);
    await push();
    seconds.reset();
    await push();
    let before = 1 / 3;
    for (let i = 1; i <= 50; i++) {
      seconds.inc(1e-17 + i / 1e9);
      const total = valueIn(await push(), "busy_seconds_total")!;
      expect(total).toBe(1 / 3 + (await seconds.get()).values[0]!.value);
      expect(total).toBeGreaterThanOrEqual(before);
      before = total;
    }
  });

  it("carries a metric and a series that come later, also with a label that none had before", async () => {
    const orders = counter(["plan", "zone"]);
    fromPromClient(register);
    const { push } = startProcess();
    expect(await push()).not.toContain("orders_total");
    orders.inc({ plan: "pro" });
    expect(linesOf(await push(), "orders_total")).toEqual(['orders_total{plan="pro"} 1']);
    orders.inc({ plan: "pro", zone: "eu" });
    orders.inc({ plan: "pro" });
    gauge().set(1);
    const text = await push();
    expect(linesOf(text, "orders_total")).toEqual([
      'orders_total{plan="pro",zone=""} 2',
      'orders_total{plan="pro",zone="eu"} 1',
    ]);
    expect(valueIn(text, "backlog")).toBe(1);
  });

  it("tells empty labels and missing ones together, as Prometheus does", async () => {
    const orders = counter(["plan"]);
    orders.inc({ plan: "" }, 2);
    orders.inc();
    fromPromClient(register);
    const { push } = startProcess();
    expect(linesOf(await push(), "orders_total")).toEqual(['orders_total{plan=""} 3']);
    orders.inc();
    expect(linesOf(await push(), "orders_total")).toEqual(['orders_total{plan=""} 4']);
  });

  it("counts each series once if the program changes labels that prom-client keeps by reference", async () => {
    const orders = counter(["plan"]);
    const labels = { plan: "a" };
    orders.inc(labels, 5);
    labels.plan = "b";
    orders.inc(labels, 2);
    fromPromClient(register);
    const { push } = startProcess();
    await push();
    await push();
    const lines = linesOf(await push(), "orders_total");
    expect(lines.map((line) => Number(line.split(" ").at(-1)))).toEqual([7]);

    labels.plan = "c";
    orders.inc(labels, 1);
    await push();
    await push();
    const sum = linesOf(await push(), "orders_total")
      .map((line) => Number(line.split(" ").at(-1)))
      .reduce((all, each) => all + each);
    expect(sum).toBe(8);
  });

  it("shows a summary by its sum and count, and says that its quantiles are not pushed", async () => {
    const times = new client.Summary({
      name: "took_seconds",
      help: "Time.",
      registers: [register],
    });
    times.observe(2);
    times.observe(3);
    fromPromClient(register);
    expect(linesOf(await startProcess().push(), "took_seconds")).toEqual([
      "took_seconds_sum 5",
      "took_seconds_count 2",
    ]);
    expect(warnings).toEqual([
      'prefreeze: metric "took_seconds" of prom-client is pushed without its quantiles, since those of several instances cannot be combined',
    ]);
  });

  it("drops exemplars, which a push cannot have", async () => {
    const register = new client.Registry<client.OpenMetricsContentType>();
    register.setContentType(client.Registry.OPENMETRICS_CONTENT_TYPE);
    new client.Counter({
      name: "orders_total",
      help: "Orders.",
      enableExemplars: true,
      registers: [register],
    }).inc({ labels: {}, value: 2, exemplarLabels: { trace: "1" } });
    fromPromClient(register);
    expect(linesOf(await startProcess().push(), "orders_total")).toEqual(["orders_total 2"]);
  });

  it("shows how a gauge adds up over instances as prom-client does over workers", async () => {
    for (const aggregator of ["sum", "max", "min", "average", "first", "omit"] as const)
      new client.Gauge({
        name: `of_${aggregator}`,
        help: "A gauge.",
        aggregator,
        registers: [register],
      }).set(1);
    fromPromClient(register);
    expect(linesOf(await startProcess().push(), "# AGGREGATE")).toEqual([
      "# AGGREGATE of_max max",
      "# AGGREGATE of_min min",
      "# AGGREGATE of_sum_value sum",
    ]);
  });

  it("carries a gauge that is NaN or infinite, and skips a counter that is", async () => {
    gauge(["n"]).set({ n: "a" }, NaN);
    gauge([], "most").set(Infinity);
    const broken = counter([], "broken_total");
    broken.get = async () => ({
      ...(await client.Counter.prototype.get.call(broken)),
      values: [{ value: NaN, labels: {} }],
    });
    fromPromClient(register);
    const text = await startProcess().push();
    expect(text).toContain('\nbacklog{n="a"} NaN\n');
    expect(text).toContain("\nmost +Inf\n");
    expect(text).toContain("\nbroken_total 0\n");
    expect(warnings).toEqual([
      'prefreeze: metric "broken_total" of prom-client has the value NaN, which is skipped',
    ]);
  });
});

describe("counters and histograms never fall", () => {
  it("when they are reset: what they show then is growth", async () => {
    const orders = counter(["plan"]);
    const sizes = new client.Histogram({
      name: "size",
      help: "Sizes.",
      buckets: [1],
      registers: [register],
    });
    fromPromClient(register);
    const { push } = startProcess();
    orders.inc({ plan: "pro" }, 5);
    sizes.observe(0.5);
    sizes.observe(7);
    await push();
    register.resetMetrics();
    orders.inc({ plan: "pro" }, 2);
    sizes.observe(0.25);
    const text = await push();
    expect(valueIn(text, 'orders_total{plan="pro"}')).toBe(7);
    expect(linesOf(text, "size")).toEqual([
      'size_bucket{le="1"} 2',
      'size_bucket{le="+Inf"} 3',
      "size_sum 7.75",
      "size_count 3",
    ]);
  });

  it("when a series is removed and comes back, or the registry is cleared and filled anew", async () => {
    const orders = counter(["plan"]);
    fromPromClient(register);
    const { push } = startProcess();
    orders.inc({ plan: "pro" }, 5);
    await push();
    orders.remove({ plan: "pro" });
    expect(valueIn(await push(), 'orders_total{plan="pro"}')).toBe(5);
    orders.inc({ plan: "pro" }, 6);
    expect(valueIn(await push(), 'orders_total{plan="pro"}')).toBe(11);
    register.clear();
    // More than the old one had: only that it is another one tells.
    counter(["plan"]).inc({ plan: "pro" }, 100);
    expect(valueIn(await push(), 'orders_total{plan="pro"}')).toBe(111);
  });

  it("when a histogram comes back with other buckets: they count in the next higher ones", async () => {
    const define = (buckets: number[]) =>
      new client.Histogram({ name: "size", help: "Sizes.", buckets, registers: [register] });
    define([1, 10]).observe(5);
    fromPromClient(register);
    const { push } = startProcess();
    await push();
    register.clear();
    const again = define([2, 20]);
    for (const value of [1.5, 15, 25]) again.observe(value);
    expect(linesOf(await push(), "size")).toEqual([
      'size_bucket{le="1"} 0',
      'size_bucket{le="10"} 2',
      'size_bucket{le="+Inf"} 4',
      "size_sum 46.5",
      "size_count 4",
    ]);
    expect(warnings).toEqual([
      'prefreeze: metric "size" of prom-client has other buckets than before: its observations count in the next higher ones of those',
    ]);
  });
});

it("a histogram whose bounds are listed twice, fall or are none costs nothing else", async () => {
  const own = { help: "Sizes.", registers: [register] };
  const buckets = [10, 1, 1, Number.NaN, -Infinity, Infinity];
  const sizes = new client.Histogram({ name: "size", buckets, ...own });
  for (const size of [0.5, 5, 50]) sizes.observe(size);
  fromPromClient(register);
  const snapshot = await startProcess().push();
  expect(() =>
    createAggregate().push({ group: "/metrics/job/a", life: "one", snapshot, atMs: 1 }),
  ).not.toThrow();
  expect(valueIn(snapshot, "size_count")).toBe(3);
});

it("gauges that are removed are not pushed any more, and come back", async () => {
  const backlog = gauge(["queue"]);
  fromPromClient(register);
  const { push } = startProcess();
  backlog.set({ queue: "a" }, 1);
  backlog.set({ queue: "b" }, 2);
  await push();
  const { seriesCount } = core.catalog;
  backlog.remove({ queue: "a" });
  expect(linesOf(await push(), "backlog")).toEqual(['backlog{queue="b"} 2']);
  expect(core.catalog.seriesCount).toBe(seriesCount - 1);
  backlog.set({ queue: "a" }, 3);
  expect(linesOf(await push(), "backlog")).toEqual([
    'backlog{queue="b"} 2',
    'backlog{queue="a"} 3',
  ]);
  register.removeSingleMetric("backlog");
  expect(await push()).not.toContain("backlog");
});

describe("a metric that is read", () => {
  it("by an async collect() is waited for", async () => {
    void new client.Gauge({
      name: "backlog",
      help: "Waiting.",
      registers: [register],
      async collect() {
        await new Promise((resolve) => void setTimeout(resolve, 20));
        this.set(4);
      },
    });
    fromPromClient(register);
    expect(valueIn(await startProcess().push(), "backlog")).toBe(4);
  });

  it("by a collect() that throws costs its own numbers alone, with a warning", async () => {
    void new client.Gauge({
      name: "backlog",
      help: "Waiting.",
      registers: [register],
      collect() {
        throw new Error("no queue");
      },
    });
    counter().inc(2);
    fromPromClient(register);
    expect(valueIn(await startProcess().push(), "orders_total")).toBe(2);
    expect(warnings).toEqual([
      'prefreeze: metric "backlog" of prom-client cannot be read: no queue',
    ]);
  });

  it("by a collect() that hangs holds up one push for a quarter of its time, and no other", async () => {
    let answer: () => void = () => undefined;
    void new client.Gauge({
      name: "backlog",
      help: "Waiting.",
      registers: [register],
      async collect() {
        await new Promise<void>((resolve) => (answer = resolve));
        this.set(4);
      },
    });
    counter().inc(2);
    fromPromClient(register);
    const { push } = startProcess({ flushTimeoutMs: 200 });
    const first = await push();
    expect(valueIn(first, "orders_total")).toBe(2);
    expect(first).not.toContain("backlog");
    const startedMs = performance.now();
    for (let i = 0; i < 5; i++) await push();
    expect(performance.now() - startedMs).toBeLessThan(50);
    expect(warnings).toEqual([
      "prefreeze: collecting metrics failed: no answer within 50 ms",
      'prefreeze: metric "backlog" of prom-client is slow: its newest values come with a later push',
    ]);
    answer();
    await vi.waitFor(async () => expect(valueIn(await push(), "backlog")).toBe(4));
  });
});

describe("names", () => {
  it("of counters get _total; others that end like samples of a counter or histogram get _value", async () => {
    counter([], "orders").inc();
    counter([], "jobs_count").inc();
    gauge([], "users_total").set(1);
    gauge([], "queue_count").set(2);
    fromPromClient(register);
    const text = await startProcess().push();
    expect(valueIn(text, "orders_total")).toBe(1);
    expect(valueIn(text, "jobs_count_total")).toBe(1);
    expect(valueIn(text, "users_total_value")).toBe(1);
    expect(valueIn(text, "queue_count_value")).toBe(2);
    expect(warnings).toEqual([
      'prefreeze: metric "orders" of prom-client is pushed as "orders_total"',
      'prefreeze: metric "jobs_count" of prom-client is pushed as "jobs_count_total"',
      'prefreeze: metric "users_total" of prom-client is pushed as "users_total_value"',
      'prefreeze: metric "queue_count" of prom-client is pushed as "queue_count_value"',
    ]);
  });

  it("that are reserved are not pushed, and the warning names them", async () => {
    gauge([], "go_goroutines").set(1);
    counter([], "faas_invocations_total").inc();
    gauge([], "process_cpu_seconds_total").set(1);
    gauge([], "target_info").set(1);
    fromPromClient(register);
    const text = await startProcess().push();
    expect(text).not.toMatch(/go_goroutines|process_cpu|faas_invocations_total 1/);
    expect(warnings).toHaveLength(4);
    expect(warnings[0]).toBe(
      'prefreeze: metric "go_goroutines" of prom-client is not pushed: its name is reserved or not allowed',
    );
  });

  it("of labels that are reserved, or grouping or constant labels, get the prefix exported_", async () => {
    counter(["job", "instance", "zone", "team", "exported_job"]).inc({
      exported_job: "e",
      job: "a",
      instance: "b",
      zone: "c",
      team: "d",
    });
    fromPromClient(register);
    const options = { grouping: { zone: "eu" }, labels: { team: "shop" } };
    expect(linesOf(await startProcess(options).push(), "orders_total")).toEqual([
      'orders_total{exported_job="e",exported_exported_job="a",exported_instance="b",exported_zone="c",exported_team="d",team="shop"} 1',
    ]);
  });

  it.each([
    ["defined before", () => core.counter({ name: "orders_total", help: "Orders." })],
    [
      "defined before, otherwise",
      () => core.counter({ name: "orders_total", help: "Orders.", labelNames: ["plan"] }),
    ],
  ])("that both define throw at set-up: %s", (_, define) => {
    define();
    counter();
    expect(() => fromPromClient(register)).toThrow(
      new TypeError(
        'prefreeze: metric "orders_total" of prom-client: prefreeze has it, too: rename one of them',
      ),
    );
  });

  it("of labels that Prometheus does not have, or that are too long, are spelt so that they can be pushed", async () => {
    const long = "l".repeat(300);
    register.setDefaultLabels({ "app-name": "shop", "": "nothing", "9": "nine", [long]: "long" });
    counter([`${long}2`]).inc({ [`${long}2`]: "longer" });
    fromPromClient(register);
    const [line] = linesOf(await startProcess().push(), "orders_total");
    expect(line).toContain('app_name="shop"');
    expect(line).toContain('exported_="nothing"');
    expect(line).toContain('exported_9="nine"');
    expect(line).toContain(`,${long.slice(0, 200)}="long"`);
    expect(line).toContain(`,exported_${long.slice(0, 200)}="longer"`);
  });

  it("of labels that are all taken are numbered", async () => {
    const grouping = Object.fromEntries(
      ["a", "exported_a", "exported_exported_a"].map((label) => [label, "group"]),
    );
    counter(["a"]).inc({ a: "own" });
    fromPromClient(register);
    const text = await startProcess({ grouping }).push();
    expect(linesOf(text, "orders_total")).toEqual([
      'orders_total{exported_exported_exported_a="own"} 1',
    ]);
  });

  it("that both define throw at the definition that comes after", () => {
    counter([], "orders");
    fromPromClient(register);
    expect(() => core.counter({ name: "orders_total", help: "Orders." })).toThrow(
      new TypeError(
        'prefreeze: metric "orders_total": prom-client has it, too: rename one of them',
      ),
    );
  });

  it("that both define, when prom-client defines it later, are not pushed for prom-client", async () => {
    fromPromClient(register);
    core.counter({ name: "orders_total", help: "Orders." }).inc();
    counter().inc(10);
    expect(valueIn(await startProcess().push(), "orders_total")).toBe(1);
    expect(warnings).toEqual([
      'prefreeze: metric "orders_total" of prom-client is not pushed: prefreeze has it, too: rename one of them',
    ]);
  });

  it("that two metrics of a registry would be pushed under are an error, and so are those of two registries", () => {
    pretendProduction();
    counter([], "orders");
    counter([], "orders_total");
    expect(() => fromPromClient(register)).toThrow("prom-client has it, too");
    endProcess();
    const other = new client.Registry();
    void new client.Counter({ name: "hits_total", help: "Hits.", registers: [other] });
    fromPromClient(other);
    register = new client.Registry();
    counter([], "hits_total");
    expect(() => fromPromClient(register)).toThrow("prom-client has it, too");
  });

  it("are free again if the set-up has failed for another one", async () => {
    core.counter({ name: "paid_total", help: "Paid." });
    counter();
    counter([], "paid_total").inc();
    expect(() => fromPromClient(register)).toThrow("prefreeze has it, too");
    core.counter({ name: "orders_total", help: "Orders." });
    register.removeSingleMetric("paid_total");
    register.removeSingleMetric("orders_total");
    counter([], "others_total").inc();
    fromPromClient(register);
    expect(valueIn(await startProcess().push(), "others_total")).toBe(1);
  });

  it("of a metric that comes back with another type are not pushed, and the total stays", async () => {
    counter().inc(3);
    fromPromClient(register);
    const { push } = startProcess();
    await push();
    register.clear();
    const again = gauge([], "orders_total_value");
    again.set(1);
    register.removeSingleMetric("orders_total_value");
    new client.Histogram({ name: "orders_total", help: "Orders.", registers: [register] }).observe(
      1,
    );
    const text = await push();
    expect(valueIn(text, "orders_total")).toBe(3);
    expect(valueIn(text, "orders_total_value_count")).toBe(1);
  });
});

describe("limits", () => {
  it("hold: what is over maxSeries adds up in the overflow series, once", async () => {
    const orders = counter(["plan"]);
    for (let i = 0; i < 20; i++) orders.inc({ plan: `plan ${i}` });
    fromPromClient(register);
    const { push } = startProcess({ maxSeries: 5 });
    await push();
    for (let i = 0; i < 20; i++) orders.inc({ plan: `plan ${i}` });
    const text = await push();
    expect(linesOf(text, "orders_total")).toHaveLength(6);
    expect(valueIn(text, 'orders_total{plan="_overflow"}')).toBe(30);
    expect(valueIn(text, "prefreeze_dropped_series_total")).toBe(15);
  });

  it("hold: label values over maxLabelBytes add up, too", async () => {
    counter(["plan"]).inc({ plan: "x".repeat(101) }, 4);
    fromPromClient(register);
    expect(linesOf(await startProcess({ maxLabelBytes: 100 }).push(), "orders_total")).toEqual([
      'orders_total{plan="_overflow"} 4',
    ]);
  });
});

it("constant labels stand beside those of the registry", async () => {
  counter(["plan"]).inc({ plan: "pro" });
  fromPromClient(register);
  expect(linesOf(await startProcess({ labels: { team: "shop" } }).push(), "orders_total")).toEqual([
    'orders_total{plan="pro",team="shop"} 1',
  ]);
});

it("a registry that is passed twice is read once", async () => {
  counter().inc(2);
  fromPromClient(register);
  fromPromClient(register);
  expect(valueIn(await startProcess().push(), "orders_total")).toBe(2);
});

it("in development, a registry that an edited file has made anew takes the place of the old one", async () => {
  counter().inc(2);
  fromPromClient(register);
  const { push } = startProcess();
  await push();
  register = new client.Registry();
  counter().inc(3);
  fromPromClient(register);
  expect(valueIn(await push(), "orders_total")).toBe(5);
  expect(valueIn(await push(), "orders_total")).toBe(5);
});

it.each([undefined, null, 5, "register", {}, [], () => undefined])(
  "what is no registry is refused: %s",
  (value) => {
    expect(() => fromPromClient(value as object)).toThrow(
      new TypeError(
        "prefreeze: fromPromClient() takes a registry of prom-client or @prometheus-io/client, or a MetricReader of OpenTelemetry",
      ),
    );
  },
);

it("attributes that OpenTelemetry does not allow, and bounds that are listed twice, cost nothing else", async () => {
  const point = (value: unknown, attributes = {}) => ({ attributes, value });
  const metric = (name: string, dataPointType: number, ...dataPoints: object[]) => ({
    descriptor: { name, description: name },
    aggregationTemporality: 1,
    dataPointType,
    isMonotonic: true,
    dataPoints,
  });
  const round: { self?: object } = {};
  round.self = round;
  const odd = { big: 1n, round, call: () => 1, "": "none", ["k".repeat(300)]: "long" };
  const buckets = { boundaries: [1, 1, 10, Infinity], counts: [1, 2, 3, 4, 0] };
  const metrics = [
    metric("odd", 3, point(1, odd)),
    metric("size", 0, point({ buckets, sum: 9, count: 10 })),
    metric("orders", 3, point(2)),
  ];
  fromPromClient({
    selectAggregationTemporality: () => 1,
    collect: async () => ({
      resourceMetrics: { scopeMetrics: [{ scope: { name: "s" }, metrics }] },
    }),
  });
  const snapshot = await startProcess().push();
  const scope = 'otel_scope_name="s"';
  expect(valueIn(snapshot, `orders_total{${scope}}`)).toBe(2);
  expect(valueIn(snapshot, `size_bucket{${scope},le="1"}`)).toBe(3);
  expect(valueIn(snapshot, `size_bucket{${scope},le="10"}`)).toBe(6);
  expect(valueIn(snapshot, `size_count{${scope}}`)).toBe(10);
  expect(linesOf(snapshot, "odd_total")[0]).toContain(
    'big="bigint",round="object",call="function"',
  );
  expect(() =>
    createAggregate().push({ group: "/metrics/job/a", life: "one", snapshot, atMs: 1 }),
  ).not.toThrow();
});
