import { afterEach, expect, test, vi } from "vitest";
import { freshCore } from "../../packages/core/test/core.js";
import { startInstance } from "../../packages/core/test/fake-platform.js";
import { type RealGateway, startRealGateway } from "../pushgateway/real.js";
import { type Prometheus, startVictoriaMetrics } from "./prometheus.js";

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** A real Pushgateway, and a real VictoriaMetrics that has scraped it before anybody pushes. */
async function startBoth(): Promise<{ gateway: RealGateway; victoriaMetrics: Prometheus }> {
  const gateway = await startRealGateway();
  stops.push(() => gateway.stop());
  const victoriaMetrics = await startVictoriaMetrics(gateway.url);
  stops.push(() => victoriaMetrics.stop());
  await vi.waitFor(async () => expect(await scrapes(victoriaMetrics)).toBeGreaterThan(1), waiting);
  return { gateway, victoriaMetrics };
}

const waiting = { timeout: 30_000, interval: 200 };

async function scrapes(victoriaMetrics: Prometheus): Promise<number> {
  const [result] = await victoriaMetrics.query('count_over_time(up{job="pushgateway"}[10m])');
  return result?.value ?? 0;
}

/** Begins the life of a new environment. `order` takes some orders and pushes the totals. */
async function startLife(gateway: RealGateway) {
  const core = await freshCore();
  const instance = startInstance(core, { url: gateway.url });
  const orders = core.counter({ name: "orders_total", help: "Orders.", labelNames: ["plan"] });
  const charge = core.histogram({
    name: "charge_duration_seconds",
    help: "Time to charge a card.",
    buckets: [0.5, 1],
  });
  let ordered = 0;
  return {
    async order(plan: string, times: number) {
      orders.inc({ plan }, times);
      ordered += times;
      for (let each = 0; each < times; each += 1) charge.observe(plan === "pro" ? 0.7 : 0.2);
      await instance.pusher!.flusher.flush();
    },
    /** Resolves when the database has all that was pushed. */
    async scraped(victoriaMetrics: Prometheus) {
      const selector = `orders_total{instance="${instance.pusher!.life.id}"}`;
      const sum = async () => victoriaMetrics.query(`sum(last_over_time(${selector}[10m]))`);
      await vi.waitFor(
        async () => expect(await sum()).toEqual([{ labels: {}, value: ordered }]),
        waiting,
      );
    },
    async deleteGroup() {
      const path = `/metrics/job/checkout/instance/${instance.pusher!.life.id}`;
      expect((await fetch(gateway.url + path, { method: "DELETE" })).status).toBe(202);
    },
  };
}

test("VictoriaMetrics' increase() over the groups of single instances is exact: births, one-shots and deaths", async () => {
  const { gateway, victoriaMetrics } = await startBoth();
  const truth = { free: 0, pro: 0 };
  const alive: Awaited<ReturnType<typeof startLife>>[] = [];
  for (let born = 0; born < 40; born += 1) {
    const life = await startLife(gateway);
    const plan = born % 3 === 0 ? "pro" : "free";
    const times = 1 + (born % 5);
    await life.order(plan, times);
    truth[plan] += times;
    // Two of three are called once only.
    if (born % 3 === 2) alive.push(life);
    if (born % 10 !== 9) continue;
    for (const each of alive) await each.order("pro", 2);
    truth.pro += 2 * alive.length;
    const dying = alive.shift()!;
    await dying.scraped(victoriaMetrics);
    await dying.deleteGroup();
  }

  const increases = async () => ({
    plans: await victoriaMetrics.query("sort(sum by (plan) (increase(orders_total[10m])))"),
    count: await victoriaMetrics.query("sum(increase(charge_duration_seconds_count[10m]))"),
    pure: await victoriaMetrics.query("sum(increase_pure(orders_total[10m]))"),
    buckets: await victoriaMetrics.query(
      "sort(sum by (le) (increase(charge_duration_seconds_bucket[10m])))",
    ),
  });
  const all = truth.free + truth.pro;
  const exact = {
    plans: [
      { labels: { plan: "free" }, value: truth.free },
      { labels: { plan: "pro" }, value: truth.pro },
    ].sort((a, b) => a.value - b.value),
    count: [{ labels: {}, value: all }],
    pure: [{ labels: {}, value: all }],
    buckets: expect.arrayContaining([
      { labels: { le: "0.5" }, value: truth.free },
      { labels: { le: "+Inf" }, value: all },
    ]) as unknown,
  };
  await vi.waitFor(async () => expect(await increases()).toEqual(exact), waiting);
  const scraped = await scrapes(victoriaMetrics);
  await vi.waitFor(
    async () => expect(await scrapes(victoriaMetrics)).toBeGreaterThan(scraped + 2),
    waiting,
  );
  expect(await increases()).toEqual(exact);
}, 120_000);

test("a life that counts much before its first scrape needs increase_pure(): increase() leaves out its first value", async () => {
  const { gateway, victoriaMetrics } = await startBoth();
  const life = await startLife(gateway);
  await life.order("free", 500);
  await life.scraped(victoriaMetrics);
  await life.order("free", 1);
  const increase = async (name: string) =>
    (await victoriaMetrics.query(`sum(${name}(orders_total[10m]))`))[0]?.value;
  await vi.waitFor(async () => expect(await increase("increase_pure")).toBe(501), waiting);
  expect(await increase("increase")).toBe(1);
}, 60_000);
