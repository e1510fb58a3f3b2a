import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startWorker } from "../../test/workers/worker.js";
import { numbersHeld, type Numbers } from "./numbers.js";
import type { DemoTarget, Platform } from "./platform.js";
import { createTally } from "./tally.js";

const wranglerConfig = fileURLToPath(
  new URL("../cloudflare-workers/wrangler.jsonc", import.meta.url),
);
const job = "example-cloudflare-workers";
const PUSH_LIMIT_MS = 5_000;
const POLL_MS = 20;

/** workerd answers first and pushes afterwards. Unlike in production, stopping it at once would cut the push off. */
export const workers: Platform = {
  title: "Cloudflare Workers",
  runtime: "workerd",
  job,
  async run(target) {
    const bindings = { PUSHGATEWAY_URL: target.url };
    const start = () => startWorker({ wranglerConfig, bindings });
    const started = await Promise.all([start(), start()]);
    const [first, second] = started;
    const tally = createTally();
    const order = async (worker: typeof first, plan: "free" | "pro", card?: "declined") => {
      const query = new URLSearchParams({ plan, ...(card && { card }) });
      const response = await worker.fetch(`/?${query}`);
      const text = await response.text();
      if (response.status !== (card === undefined ? 200 : 500)) {
        throw new Error(`The Worker answered ${response.status}: ${text}\n${worker.logs()}`);
      }
      tally.order(plan, response.ok ? "accepted" : "declined");
    };
    try {
      for (let count = 0; count < 3; count += 1) await order(first, "free");
      await order(first, "free", "declined");
      await Promise.all(
        Array.from({ length: 20 }, (_, index) => order(first, index % 2 ? "pro" : "free")),
      );
      await Promise.all([
        order(second, "pro"),
        order(second, "pro"),
        order(second, "pro", "declined"),
      ]);
      if ((await first.scheduled()) === "ok") tally.otherCall();
      const seen = tally.numbers(started.length);
      await untilPushed(target, seen);
      const summary = `${started.length} isolates, ${seen.succeeded + seen.failed} calls, ${seen.failed} of them failed`;
      return { seen, summary, logs: started.map((worker) => worker.logs()).join("\n") };
    } finally {
      await Promise.all(started.map((worker) => worker.stop()));
    }
  },
};

/** Gives pushes in flight time to finish. The gateway is read when everything has ended. */
async function untilPushed(target: DemoTarget, { succeeded, failed }: Numbers): Promise<void> {
  const endMs = performance.now() + PUSH_LIMIT_MS;
  while (performance.now() < endMs) {
    const held = numbersHeld(await target.metrics(), job);
    if (held.succeeded + held.failed >= succeeded + failed) return;
    await delay(POLL_MS);
  }
}
