import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { Format } from "@prefreeze/core";
import { freshCore } from "../../packages/core/test/core.js";
import { startInstance } from "../../packages/core/test/fake-platform.js";
import { findOrFetch } from "../pushgateway/fetch.mjs";
import { decodeFamilies, PROTOBUF_TYPE, startOf } from "../pushgateway/metric-families.js";
import { foundPrograms } from "../pushgateway/programs.mjs";
import { startRealGateway } from "../pushgateway/real.js";
import { type Prometheus, startPrometheus } from "./prometheus.js";

const FLAGS = ["--enable-feature=created-timestamp-zero-ingestion"];

// The machine's own may be older than the flag.
await findOrFetch("prometheus", "trixie");
const programs = (await foundPrograms("prometheus")).filter(({ version }) => {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 2 || minor >= 50;
});
const gateways = await foundPrograms("pushgateway");

/** One environment, which pushes with each order. */
async function environment(job: string, url: string, format: Format | undefined) {
  const core = await freshCore();
  const instance = startInstance(core, { url, job, format });
  const orders = core.counter({ name: "orders_total", help: "Orders.", labelNames: ["plan"] });
  const charge = core.histogram({ name: "charge_seconds", help: "Time.", buckets: [0.25, 1] });
  return {
    startedAtMs: () => instance.pusher!.life.startedAtMs!,
    async order(plan: string, count: number): Promise<void> {
      orders.inc({ plan }, count);
      for (let i = 0; i < count; i++) charge.observe(0.1);
      await instance.pusher!.flusher.flush();
    },
  };
}

async function protobufOf(): Promise<Format> {
  return (await import("../../packages/core/src/protobuf.js")).protobuf;
}

describe.each(gateways)("Pushgateway $version", ({ path }) => {
  test("passes start timestamps on to a scraper that accepts protobuf", async () => {
    await using gateway = await startRealGateway({ program: path });
    const one = await environment("shop", gateway.url, await protobufOf());
    await one.order("pro", 2);
    const { body } = await fetch(`${gateway.url}/metrics`, { headers: { accept: PROTOBUF_TYPE } });
    const families = decodeFamilies(new Uint8Array(await new Response(body).arrayBuffer()));
    for (const name of ["orders_total", "charge_seconds", "prefreeze_flush_duration_seconds"]) {
      const family = families.find((each) => each.name === name);
      expect(family?.metric.map(startOf), name).toEqual([one.startedAtMs() - 1_000]);
    }
  });
});

describe.each(programs)("Prometheus $version", { timeout: 60_000 }, ({ path }) => {
  /** How much the series grew from their first sample to their last one. The sum of one life's series is exact. */
  const growth = (name: string, job: string) =>
    `sum(max_over_time(${name}{job="${job}"}[5m]) - min_over_time(${name}{job="${job}"}[5m]))`;

  test("counts what new series have at their first scrape, in protobuf, and nothing twice", async () => {
    await using gateway = await startRealGateway();
    const prometheus = await startPrometheus(gateway.url, { program: path, flags: FLAGS });
    onTestFinished(async () => void (await prometheus.stop()));
    const lastValue = async (query: string) => (await prometheus.query(query))[0]?.value;
    const format = await protobufOf();

    let truth = 0;
    const fleet = [];
    for (let count = 1; count <= 4; count++) {
      // Of these, nothing more comes.
      const pushesProtobuf = await environment("protobuf", gateway.url, format);
      const pushesText = await environment("text", gateway.url, undefined);
      await pushesProtobuf.order("pro", count);
      await pushesText.order("pro", count);
      truth += count;
      fleet.push(pushesProtobuf);
    }
    await scrapes(prometheus, 3);
    // A series that comes later, in a life whose other series were scraped before.
    const last = fleet.at(-1)!;
    await last.order("free", 7);
    await last.order("pro", 3);
    truth += 10;
    await vi.waitFor(
      async () => {
        expect(await lastValue('sum(orders_total{job="protobuf"})')).toBe(truth);
      },
      { timeout: 10_000 },
    );
    await scrapes(prometheus, 2);

    expect(await lastValue(growth("orders_total", "protobuf"))).toBe(truth);
    expect(await lastValue(growth("charge_seconds_count", "protobuf"))).toBe(truth);
    expect(await lastValue(growth("charge_seconds_bucket", "protobuf"))).toBe(3 * truth);
    expect(await lastValue('sum(resets(orders_total{job="protobuf"}[5m]))')).toBe(0);
    // The beginning of a birth: a zero when the life began, not when the series was first scraped.
    const zeros = await prometheus.query('min_over_time(orders_total{job="protobuf"}[5m])');
    expect(zeros.map(({ value }) => value)).toEqual(zeros.map(() => 0));
    // Without start timestamps, all of it is lost.
    expect(await lastValue(growth("orders_total", "text"))).toBe(0);

    // The query that everybody types extrapolates a little.
    const increase = await lastValue('sum(increase(orders_total{job="protobuf"}[5m]))');
    expect(increase).toBeGreaterThanOrEqual(truth);
    expect(increase).toBeLessThan(1.3 * truth);
  });
});

/** Waits for so many further scrapes of the gateway. */
async function scrapes(prometheus: Prometheus, count: number): Promise<void> {
  const seen = async () => (await prometheus.query("count_over_time(up[5m])"))[0]?.value ?? 0;
  const until = (await seen()) + count;
  while ((await seen()) < until) await sleep(100);
}
