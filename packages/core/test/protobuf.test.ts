import fc from "fast-check";
import { beforeEach, describe, expect, it, test } from "vitest";
import {
  type DecodedFamily,
  decodeFamilies,
  samplesOf,
  startOf,
} from "../../../test/pushgateway/metric-families.js";
import { parseText } from "../../../test/pushgateway/parse.js";
import type { Format, Options, TransportRequest, TransportResponse } from "../src/index.js";
import { collectWarnings, type Core, freshCore, textOf } from "./core.js";
import { type FakeClock, fakeClock } from "./fake-clock.js";
import { startInstance } from "./fake-platform.js";

const MAX_SILENCE_MS = 600_000;
/** A start is told this much earlier, since clocks differ. */
const EARLIER_MS = 1_000;

let core: Core;
let protobuf: Format;
let clock: FakeClock;
let warnings: readonly string[];

beforeEach(async () => {
  core = await freshCore();
  ({ protobuf } = await import("../src/protobuf.js"));
  clock = fakeClock();
  warnings = collectWarnings();
});

test.each(["protobuf", {}, true])(
  "a format that is none of ours, %j, is ignored with one warning, and text is pushed",
  async (format) => {
    const { push, requests } = start({ format: format as unknown as Format });
    core.counter({ name: "orders_total", help: "Orders." }).inc(2);
    await push().catch(() => {});
    expect(requests[0]!.headers["content-type"]).toBe("text/plain; version=0.0.4");
    expect(requests[0]!.body).toContain("orders_total 2\n");
    expect(JSON.parse(core.explain())).toMatchObject({ format: "text" });
    expect(warnings).toEqual([
      "prefreeze: the format option is not what @prefreeze/core/protobuf exports and is ignored",
    ]);
  },
);

/** An instance that pushes protobuf to a gateway, which answers with `answers`, and then with 200. */
function start(options: Options = {}) {
  const requests: TransportRequest[] = [];
  const answers: TransportResponse[] = [];
  const instance = startInstance(core, {
    url: "http://gateway:9091",
    format: protobuf,
    gzipAboveBytes: Infinity,
    transport: async (request) => {
      requests.push(request);
      return answers.shift() ?? { status: 200, body: "" };
    },
    ...options,
  });
  return {
    answers,
    requests,
    life: () => instance.pusher!.life,
    /** Pushes, and reads what arrived. */
    async push(): Promise<readonly DecodedFamily[]> {
      const flushed = instance.pusher!.flusher.flush();
      await clock.pass(1_000);
      await flushed;
      // After an expiry, the old group is deleted.
      const last = requests.findLast(({ method }) => method === "PUT");
      return decodeFamilies(last?.body as Uint8Array);
    },
  };
}

const orders = () => core.counter({ name: "orders_total", help: "Orders.", labelNames: ["plan"] });

/** When the series of a metric started, by their label values. */
function startsOf(families: readonly DecodedFamily[], name: string) {
  const family = families.find((each) => each.name === name);
  return Object.fromEntries(
    (family?.metric ?? []).map((each) => [
      (each.label ?? []).map(({ value }) => value).join(),
      startOf(each),
    ]),
  );
}

function samplesIn(text: string) {
  return parseText(text).flatMap(({ samples }) => samples);
}

describe("an instance with the format protobuf", () => {
  it("pushes bytes of that type, with the snapshot's sequence number in them, and explain() says so", async () => {
    const { push, requests, life } = start();
    orders().inc({ plan: "pro" });
    const families = await push();
    expect(requests[0]?.headers["content-type"]).toBe(
      "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
    );
    expect(samplesOf(families)).toContainEqual({
      name: "prefreeze_snapshot_sequence",
      labels: {},
      value: 1,
    });
    expect(JSON.parse(core.explain())).toMatchObject({ format: "protobuf" });
    // What is acknowledged is subtracted as text.
    expect(parseText(life().acknowledged!.totals).map(({ name }) => name)).toEqual(
      families.map(({ name }) => name),
    );
  });

  it("tells the begin of the life as the start of what was recorded before it, and of no gauge", async () => {
    const { push, life } = start();
    orders().inc({ plan: "pro" });
    core.histogram({ name: "charge_seconds", help: "Time." }).observe(0.2);
    core.gauge({ name: "backlog_messages", help: "Waiting." }).set(3);
    const families = await push();
    const startMs = life().startedAtMs! - EARLIER_MS;
    expect(startsOf(families, "orders_total")).toEqual({ pro: startMs });
    expect(startsOf(families, "charge_seconds")).toEqual({ "": startMs });
    expect(startsOf(families, "prefreeze_flush_duration_seconds")).toEqual({ "": startMs });
    expect(startsOf(families, "backlog_messages")).toEqual({ "": undefined });
  });

  it("tells when a series came that came later, in every push the same", async () => {
    const { push, life } = start();
    orders().inc({ plan: "pro" });
    await push();
    const begin = life().startedAtMs! - EARLIER_MS;
    await clock.pass(120_000);
    const laterMs = Date.now() - EARLIER_MS;
    orders().inc({ plan: "free" });
    expect(startsOf(await push(), "orders_total")).toEqual({ pro: begin, free: laterMs });
    await clock.pass(60_000);
    orders().inc({ plan: "free" });
    expect(startsOf(await push(), "orders_total")).toEqual({ pro: begin, free: laterMs });
  });

  it("starts all series anew with the life that follows an expiry", async () => {
    const { push, life } = start();
    orders().inc({ plan: "pro" });
    orders().inc({ plan: "free" });
    await push();
    const expired = life().id;
    await clock.pass(MAX_SILENCE_MS);
    orders().inc({ plan: "pro" }, 2);
    const families = await push();
    expect(life().id).not.toBe(expired);
    expect(samplesOf(families)).toContainEqual({
      name: "orders_total",
      labels: { plan: "pro" },
      value: 2,
    });
    const startMs = life().startedAtMs! - EARLIER_MS;
    expect(startsOf(families, "orders_total")).toEqual({ pro: startMs, free: startMs });
    // Written from what was kept of the push before, if anything was.
    expect(startsOf(await push(), "orders_total")).toEqual({ pro: startMs, free: startMs });
  });

  it("never again tells a start that the clock was once set back behind", async () => {
    const { push, life } = start();
    orders().inc({ plan: "pro" });
    await push();
    const begin = life().startedAtMs! - EARLIER_MS;
    await clock.pass(5_000);
    orders().inc({ plan: "free" });
    await push();

    clock.set(-4_000);
    orders().inc({ plan: "free" });
    expect(startsOf(await push(), "orders_total")).toEqual({ pro: begin, free: begin });
    clock.set(-60_000);
    orders().inc({ plan: "free" });
    expect(startsOf(await push(), "orders_total")).toEqual({ pro: undefined, free: undefined });
    await clock.pass(300_000);
    orders().inc({ plan: "pro" });
    expect(startsOf(await push(), "orders_total")).toEqual({ pro: undefined, free: undefined });
  });

  it("leaves out what the gateway refuses beside other functions' metrics, and pushes the rest", async () => {
    const { push, answers, requests } = start();
    orders().inc({ plan: "pro" });
    core.gauge({ name: "backlog_messages", help: "Waiting." }).set(3);
    answers.push({
      status: 400,
      body: 'pushed metrics are invalid or inconsistent with existing metrics: collected metric "orders_total" { label:<name:"plan" value:"pro" > gauge:<value:1 > } should be a Counter',
    });
    const names = (await push()).map(({ name }) => name);
    expect(requests).toHaveLength(2);
    expect(names).toContain("backlog_messages");
    expect(names).not.toContain("orders_total");
  });

  it("says what to do if an aggregator takes no protobuf, and counts it as not applied", async () => {
    const { push, answers, life } = start();
    answers.push({ status: 415, body: "push text to an aggregator" });
    orders().inc({ plan: "pro" });
    await push();
    expect(warnings).toEqual([
      "prefreeze: push to http://gateway:9091/ failed: HTTP 415: push text to an aggregator; push text: unset format",
    ]);
    expect(life().inDoubt).toBe(false);
  });

  it("has nothing in doubt after a format that throws", async () => {
    const { push, life } = start({
      format: {
        ...protobuf,
        encode: () => {
          throw new Error("no such format");
        },
      },
    });
    orders().inc({ plan: "pro" });
    await push().catch(() => undefined);
    expect(life().inDoubt).toBe(false);
    expect(warnings[0]).toContain("no such format");
  });
});

describe("the protobuf format", () => {
  const encoded = (startedAtMs?: number) =>
    decodeFamilies(protobuf.encode(core.sortedMetrics(), startedAtMs, Date.now()));

  it("leaves out metrics without a recording", () => {
    orders();
    expect(encoded()).toEqual([]);
  });

  it("writes snapshots that are longer than any before", () => {
    core.catalog.maxSeries = 2_000;
    for (let i = 0; i < 2_000; i++) orders().inc({ plan: `${"plan ".repeat(50)}${i}` }, i);
    const [family] = encoded();
    expect(family?.metric).toHaveLength(2_000);
    expect(samplesOf(encoded())).toEqual(samplesIn(textOf(core)));
  });

  it.each([
    [127, "127"],
    [128, "128"],
    [2 ** 32, "4294967296"],
    [2 ** 53 + 2, "9007199254740994"],
    [2 ** 64 - 2_048, "18446744073709549568"],
    [2 ** 64, "18446744073709549568"],
    [Infinity, "18446744073709549568"],
  ])("writes the count %d as %s", (count, written) => {
    core.histogram({ name: "size_bytes", help: "Sizes.", buckets: [1] }).observe(2);
    const [series] = core.catalog.metrics.get("size_bytes")!.series.values();
    series!.total!.counts![1] = count;
    const [family] = encoded();
    const { sample_count: total, bucket } = family!.metric[0]!.histogram!;
    expect([total, bucket.map((each) => each.cumulative_count)]).toEqual([written, ["0", written]]);
  });

  it("writes the values that the text format does, however often and in between which changes", () => {
    const metrics = [
      core.counter({ name: "a_total", help: "A.", labelNames: ["x"] }),
      core.histogram({ name: "b_seconds", help: "B.", labelNames: ["x"], buckets: [1, 10] }),
      core.gauge({ name: "c_bytes", help: "C.", labelNames: ["x"] }),
    ] as const;
    const step = fc.record({
      metric: fc.nat(2),
      label: fc.constantFrom("", "a", "b", "c", "é".repeat(100)),
      value: fc.oneof(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), fc.nat(200)),
      /** The life that is written now, and how often; the first one mostly. */
      life: fc.constantFrom(0, 0, 0, 1),
      times: fc.nat(3),
      /** A metric that the gateway refuses meanwhile. */
      leftOut: fc.constantFrom("", "", "a_total", "b_seconds"),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const beginMs = Date.now();
        clock.set(10);
        for (const { metric, label, value, life, times, leftOut } of steps) {
          const labels = { x: label };
          if (metric === 0) metrics[0].inc(labels, value);
          else if (metric === 1) metrics[1].observe(labels, value);
          else metrics[2].set(labels, value);
          const written = core.sortedMetrics().filter(({ name }) => name !== leftOut);
          const expected = samplesIn(core.textFormat(written));
          for (let i = 0; i < times; i++) {
            const bytes = protobuf.encode(written, beginMs + life, Date.now());
            const families = decodeFamilies(bytes);
            expect(samplesOf(families)).toEqual(expected);
            const starts = families.flatMap(({ metric: all }) => all.map(startOf));
            expect(
              starts.every((each) => each === undefined || each >= beginMs + life - EARLIER_MS),
            ).toBe(true);
          }
        }
      }),
    );
  });
});
