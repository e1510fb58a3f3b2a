import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startWorker, type Worker } from "../../test/workers/worker.js";
import type { Platform } from "./platform.js";
import { createTally } from "./tally.js";

const wranglerConfig = fileURLToPath(
  new URL("../cloudflare-workers/wrangler.jsonc", import.meta.url),
);
const isolates = 2;
const queued = 6;
const QUEUE_LIMIT_MS = 10_000;
const POLL_MS = 20;

/** Two isolates, whose pushes the aggregator object of the Worker adds up. workerd stops when all numbers have arrived. */
export const workers: Platform = {
  title: "Cloudflare Workers",
  runtime: "workerd",
  job: "example-cloudflare-workers",
  hasAggregator: true,
  async run(target) {
    const bindings = {
      PUSHGATEWAY_URL: target.gateway,
      // The demo's Prometheus scrapes every second.
      PREFREEZE_PUSH_INTERVAL_MS: "1000",
      PREFREEZE_SCRAPE_INTERVAL_MS: "1000",
    };
    const worker = await startWorker({ wranglerConfig, bindings, isolates });
    const tally = createTally();
    const send = async (isolate: number, path: string, status: number, init?: RequestInit) => {
      const response = await worker.fetchFrom(isolate, path, init);
      const text = await response.text();
      if (response.status !== status)
        throw new Error(`The Worker answered ${response.status}: ${text}\n${worker.logs()}`);
    };
    const order = async (isolate: number, plan: "free" | "pro", card?: "declined") => {
      const query = new URLSearchParams({ plan, ...(card && { card }) });
      await send(isolate, `/?${query}`, card === undefined ? 200 : 500);
      tally.order(plan, card ?? "accepted");
    };
    try {
      for (let count = 0; count < 3; count += 1) await order(0, "free");
      await order(0, "free", "declined");
      await Promise.all(
        Array.from({ length: 20 }, (_, index) => order(0, index % 2 ? "pro" : "free")),
      );
      await Promise.all([order(1, "pro"), order(1, "pro"), order(1, "pro", "declined")]);
      // Each of these is a request, a call of a Durable Object, and a message of the queue.
      await Promise.all(
        Array.from({ length: queued }, () => send(0, "/later?plan=pro", 202, { method: "POST" })),
      );
      tally.otherCalls(2 * queued);
      const batches = await placedBatches(worker);
      tally.placedLater("pro", queued);
      // A batch is an invocation, and calls the Durable Object. So does the cron trigger.
      tally.otherCalls(2 * batches);
      if ((await worker.scheduled()) === "ok") tally.otherCalls(2);
      const seen = tally.numbers(isolates);
      const summary = `${isolates} isolates, ${seen.succeeded + seen.failed} calls of handlers and objects, ${seen.failed} of them failed`;
      let stopped: Promise<void> | undefined;
      const stop = () => (stopped ??= worker.stop());
      return { seen, summary, logs: worker.logs(), stop };
    } catch (error) {
      await worker.stop();
      throw error;
    }
  },
};

/** Waits until the consumer has logged that all messages are placed. @returns the number of its batches */
async function placedBatches(worker: Worker): Promise<number> {
  const endMs = performance.now() + QUEUE_LIMIT_MS;
  for (;;) {
    const sizes = Array.from(
      worker.logs().matchAll(/placed (\d+) orders of the queue/g),
      ([, size]) => Number(size),
    );
    if (sizes.reduce((sum, size) => sum + size, 0) >= queued) return sizes.length;
    if (performance.now() > endMs) throw new Error(`The queue was not consumed.\n${worker.logs()}`);
    await delay(POLL_MS);
  }
}
