import { describe, expect, test } from "vitest";
import { forwardingGateway } from "../../../test/pushgateway/forwarding.js";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";
import type { Worker } from "../../../test/workers/worker.js";
import { runWorker, warnings } from "./run-worker.js";

const gateway = useGateway();
const { shown, eventually, instances } = gateway;

/** From the first of these dates on, code that waits for another request's promise continues in its own request. */
const dates = ["2026-04-01", "2024-10-13"];

const order = (worker: Worker) => worker.fetch("/?plan=pro");
const orderAtOnce = (worker: Worker, count: number) =>
  Promise.all(Array.from({ length: count }, () => order(worker)));

describe.each(dates)("with date %s, the requests of an isolate", { timeout: 30_000 }, (date) => {
  const run = (entry: string, receiver: { readonly url: string }) =>
    runWorker(entry, { gateway: receiver, compatibilityDate: date, nodejsCompat: false });

  test("share pushes: 200 at once make a handful, whose sums are exact", async () => {
    const counting = await forwardingGateway(gateway.url);
    const worker = await run("shop.ts", counting);
    const startedMs = performance.now();
    await orderAtOnce(worker, 200);
    await eventually("orders_total").toBe(200);
    expect(await shown("faas_invocations_total")).toBe(200);
    expect((await instances()).length).toBe(1);
    // One each second, which are more on a busy machine.
    expect(counting.pushes()).toBeLessThanOrEqual(2 + (performance.now() - startedMs) / 1_000);
    expect(worker.logs()).toBe("");
  });

  test("push once a second, however many come one after another", async () => {
    const arrivedMs: number[] = [];
    const timing = await forwardingGateway(
      gateway.url,
      () => void arrivedMs.push(performance.now()),
    );
    const worker = await run("shop.ts", timing);
    const untilMs = performance.now() + 2_500;
    let sent = 0;
    for (; performance.now() < untilMs; sent++) await order(worker);
    await eventually("orders_total").toBe(sent);
    const pausesMs = arrivedMs.slice(1).map((ms, i) => ms - arrivedMs[i]!);
    expect(pausesMs.length).toBeGreaterThan(0);
    expect(Math.min(...pausesMs)).toBeGreaterThan(800);
    expect(worker.logs()).toBe("");
  });

  test("take over from one that ended while its push was under way", async () => {
    let answers = false;
    const gated = await forwardingGateway(gateway.url, () => answers);
    const worker = await run("lost-context.ts", gated);
    await worker.fetch("/lost?plan=pro");
    await expect.poll(gated.pushes).toBe(1);
    answers = true;
    const startedMs = performance.now();
    await orderAtOnce(worker, 50);
    await eventually("orders_total").toBe(51);
    // Sooner than the time of that push is up.
    expect(performance.now() - startedMs).toBeLessThan(4_500);
    expect(gated.pushes()).toBeLessThanOrEqual(3);
    await expect.poll(() => worker.logs()).toContain("the request that pushed has ended");
    expect(worker.logs()).not.toContain("Cannot perform I/O");
  });

  test("push all the same if the clients of others have gone, or their handlers threw", async () => {
    const worker = await run("shop.ts", gateway);
    const gone = Array.from({ length: 10 }, async () => {
      const signal = AbortSignal.timeout(20);
      await expect(worker.fetch("/slowly?plan=gone", { signal })).rejects.toThrow();
    });
    const threw = Array.from({ length: 10 }, () => worker.fetch("/throw?plan=threw"));
    await Promise.all([...gone, ...threw, orderAtOnce(worker, 50)]);
    await order(worker);
    await eventually("orders_total", { plan: "pro" }).toBe(51);
    await eventually("orders_total", { plan: "threw" }).toBe(10);
    expect(warnings(worker)).toEqual([]);
    expect(worker.logs()).not.toContain("Cannot perform I/O");
  });

  test("wait for a push of another one that hangs no longer than its time, and push then", async () => {
    let answers = false;
    const gated = await forwardingGateway(gateway.url, () => answers);
    const worker = await run("shop.ts", gated);
    await order(worker);
    await expect.poll(gated.pushes).toBe(1);
    await orderAtOnce(worker, 50);
    answers = true;
    await eventually("orders_total").toBe(51);
    expect(gated.pushes()).toBe(2);
    expect(worker.logs()).toContain("no answer");
    expect(worker.logs()).not.toContain("Cannot perform I/O");
  });
});
