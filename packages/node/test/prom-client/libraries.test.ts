import { fromPromClient } from "@prefreeze/node";
import { installLane } from "@prefreeze/install-lane";
import { createRequire } from "node:module";
import type client from "prom-client";
import { fileURLToPath } from "node:url";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { collectWarnings, valueIn } from "../../../core/test/core.js";
import { endProcess, linesOf, startProcess } from "./process.js";

const folder = (name: string) => fileURLToPath(new URL(`./${name}/`, import.meta.url));

beforeAll(async () => {
  await installLane(folder("libraries"));
  await installLane(folder("opentelemetry-3"));
}, 120_000);

let warnings: readonly string[];

beforeEach(() => {
  endProcess();
  warnings = collectWarnings();
});

describe.each(["prom-client-14", "@prometheus-io/client"])("%s", (name) => {
  let library: typeof client;
  let register: client.Registry;

  beforeEach(() => {
    library = createRequire(folder("libraries"))(name) as typeof client;
    register = new library.Registry();
  });

  it("is pushed as it shows itself, default metrics and default labels included", async () => {
    register.setDefaultLabels({ app: "shop" });
    library.collectDefaultMetrics({ register });
    const own = { help: "Help.", labelNames: ["plan"], registers: [register] };
    const orders = new library.Counter({ name: "orders_total", ...own });
    const backlog = new library.Gauge({ name: "backlog", ...own });
    const sizes = new library.Histogram({ name: "size_bytes", buckets: [1, 10], ...own });
    const times = new library.Summary({ name: "took_seconds", ...own });
    orders.inc({ plan: "pro" }, 3);
    backlog.set({ plan: "pro" }, 4);
    sizes.observe({ plan: "pro" }, 5);
    times.observe({ plan: "pro" }, 6);
    fromPromClient(register);
    const { push } = startProcess();
    const labels = '{app="shop",plan="pro"}';
    const text = await push();
    expect(valueIn(text, `orders_total${labels}`)).toBe(3);
    expect(valueIn(text, `backlog${labels}`)).toBe(4);
    expect(valueIn(text, 'size_bytes_bucket{app="shop",plan="pro",le="10"}')).toBe(1);
    expect(valueIn(text, `took_seconds_sum${labels}`)).toBe(6);
    expect(text).toContain("\n# TYPE process_cpu_seconds_total counter\n");

    register.resetMetrics();
    orders.inc({ plan: "pro" }, 1);
    backlog.remove({ plan: "pro" });
    const next = await push();
    expect(valueIn(next, `orders_total${labels}`)).toBe(4);
    expect(next).not.toContain(`backlog${labels}`);
    expect(valueIn(next, `size_bytes_count${labels}`)).toBe(1);
  });
});

/** What is used of OpenTelemetry's SDK, whose versions have the same. */
interface Sdk {
  readonly MeterProvider: new (options: object) => {
    getMeter(name: string, version?: string, options?: object): Meter;
  };
  readonly MetricReader: new (options?: object) => { collect(): Promise<object> };
}

interface Instrument {
  add(value: number, attributes?: object): void;
  record(value: number, attributes?: object): void;
  addCallback(
    callback: (result: { observe(value: number, attributes?: object): void }) => void,
  ): void;
}

type Create = (name: string, options?: object) => Instrument;

interface Meter {
  readonly createCounter: Create;
  readonly createUpDownCounter: Create;
  readonly createGauge: Create;
  readonly createHistogram: Create;
  readonly createObservableGauge: Create;
  readonly createObservableCounter: Create;
}

const CUMULATIVE = 1;
const DELTA = 0;

describe.each(["libraries", "opentelemetry-3"])("OpenTelemetry of %s", (lane) => {
  function load() {
    const requireFrom = createRequire(folder(lane));
    const sdk = requireFrom("@opentelemetry/sdk-metrics") as Sdk;
    const { PrometheusSerializer } = requireFrom("@opentelemetry/exporter-prometheus") as {
      readonly PrometheusSerializer: new () => { serialize(metrics: object): string };
    };
    class PullReader extends sdk.MetricReader {
      async onForceFlush() {}
      async onShutdown() {}
    }
    const readerOf = (temporality = CUMULATIVE) =>
      new PullReader({ aggregationTemporalitySelector: () => temporality });
    return { ...sdk, PrometheusSerializer, readerOf };
  }

  /** The series of a text, with their labels in one order. */
  function samplesIn(text: string): string[] {
    return linesOf(text, "")
      .filter((line) => line && !/^(#|prefreeze_|target_info)/.test(line))
      .map((line) => {
        const [, name, pairs = "", value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line)!;
        const labels = Array.from(pairs.matchAll(/\w+="(?:[^"\\]|\\.)+"/g), ([pair]) => pair);
        return `${name} ${labels.sort().join()} ${value}`;
      })
      .sort();
  }

  it("is spelt as its own exporter for Prometheus spells it", async () => {
    const { MeterProvider, PrometheusSerializer, readerOf } = load();
    const reader = readerOf();
    const provider = new MeterProvider({ readers: [reader] });
    const meter = provider.getMeter("shop", "1.2.3", { schemaUrl: "https://schema" });
    meter.createCounter("orders.accepted", { unit: "{order}" }).add(2, { "plan.name": "pro" });
    meter.createCounter("hits_total").add(1);
    meter.createUpDownCounter("requests.active").add(-1, { a: 1, list: ["x", "y"], b: true });
    meter.createGauge("temperature", { unit: "Cel" }).record(20.5);
    meter.createObservableGauge("queue/size").addCallback((result) => result.observe(7));
    const duration = meter.createHistogram("http.server.request.duration", {
      unit: "s",
      description: "Time.",
    });
    duration.record(3, { "http.route": "/a" });
    duration.record(7_000, { "http.route": "/a", "error.type": "500" });
    provider.getMeter("other").createCounter("hits_total").add(5);
    fromPromClient(reader);
    const text = await startProcess().push();
    const { resourceMetrics } = (await reader.collect()) as { resourceMetrics: object };
    expect(samplesIn(text)).toEqual(
      samplesIn(new PrometheusSerializer().serialize(resourceMetrics)),
    );
    expect(text).toContain("# HELP http_server_request_duration Time.\n");
    expect(linesOf(text, "# AGGREGATE")).toEqual(["# AGGREGATE requests_active sum"]);
    expect(warnings).toEqual([]);
  });

  it("is read through its MeterProvider, too", async () => {
    const { MeterProvider, readerOf } = load();
    const provider = new MeterProvider({ readers: [readerOf()] });
    provider.getMeter("shop").createCounter("hits_total").add(5);
    fromPromClient(provider);
    expect(valueIn(await startProcess().push(), 'hits_total{otel_scope_name="shop"}')).toBe(5);
  });

  it("is exact with either temporality, also with attributes that come later", async () => {
    const { MeterProvider, readerOf } = load();
    for (const temporality of [CUMULATIVE, DELTA]) {
      endProcess();
      const reader = readerOf(temporality);
      const meter = new MeterProvider({ readers: [reader] }).getMeter("shop");
      const hits = meter.createCounter("hits");
      const active = meter.createUpDownCounter("active");
      const sizes = meter.createHistogram("size");
      fromPromClient(reader);
      const { push } = startProcess();
      let text = "";
      for (const route of ["/a", "/b"]) {
        for (let i = 0; i < 3; i++) {
          hits.add(1, { "http.route": route });
          hits.add(1, { "http.route": route, "error.type": "500", [`only${route.slice(1)}`]: 1 });
          active.add(route === "/a" ? 2 : -1);
          sizes.record(i);
          text = await push();
        }
      }
      text = await push();
      const total = (start: string) =>
        linesOf(text, start).reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
      expect(total("hits_total{")).toBe(12);
      expect(total('hits_total{http_route="/a"')).toBe(6);
      expect(total("active{")).toBe(3);
      expect(total("size_count")).toBe(6);
      expect(total("size_sum")).toBe(6);
    }
  });

  it("shows exponential histograms by their sum and count, with a warning", async () => {
    const { MeterProvider, readerOf } = load();
    const reader = readerOf();
    const provider = new MeterProvider({
      readers: [reader],
      views: [{ instrumentName: "size", aggregation: { type: 5 } }],
    });
    const sizes = provider.getMeter("shop").createHistogram("size");
    sizes.record(2);
    sizes.record(3);
    fromPromClient(reader);
    expect(linesOf(await startProcess().push(), "size")).toEqual([
      'size_sum{otel_scope_name="shop"} 5',
      'size_count{otel_scope_name="shop"} 2',
    ]);
    expect(warnings).toEqual([
      'prefreeze: metric "size" of OpenTelemetry is pushed as a summary, since the buckets of an exponential histogram do not fit',
    ]);
  });

  it("says which callback fails, and pushes all else", async () => {
    const { MeterProvider, readerOf } = load();
    const reader = readerOf();
    const meter = new MeterProvider({ readers: [reader] }).getMeter("shop");
    meter.createCounter("hits").add(2);
    meter.createObservableCounter("broken").addCallback(() => {
      throw new Error("no broker");
    });
    fromPromClient(reader);
    expect(valueIn(await startProcess().push(), 'hits_total{otel_scope_name="shop"}')).toBe(2);
    expect(warnings).toEqual([
      "prefreeze: reading some metrics of OpenTelemetry failed: no broker",
    ]);
  });

  it("that has no reader is refused", () => {
    const { MeterProvider } = load();
    expect(() => fromPromClient(new MeterProvider({}))).toThrow("a MetricReader of OpenTelemetry");
  });
});
