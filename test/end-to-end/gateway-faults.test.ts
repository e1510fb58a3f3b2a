import { afterEach, describe, expect, test, vi } from "vitest";
import { REFUSING_ADDRESS } from "../loopback/refusing-address.js";
import { type RealGateway, startRealGateway } from "../pushgateway/real.js";
import {
  atOnce,
  httpEvent,
  startExampleLambda,
  startExampleVercel,
  startPlainWorker,
} from "./examples.js";
import { readScrape } from "./read-scrape.js";
import { startSilentGateway } from "./silent-gateway.js";

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});
function stoppable<T extends { stop(): Promise<unknown> }>(running: T): T {
  stops.push(() => running.stop());
  return running;
}

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; tookMs: number }> {
  const startedMs = performance.now();
  const result = await work();
  return { result, tookMs: performance.now() - startedMs };
}

async function answerOf(response: Promise<Response>): Promise<[status: number, body: string]> {
  const { status, body } = await response.then(async (one) => ({
    status: one.status,
    body: await one.text(),
  }));
  return [status, status < 500 ? body : ""];
}

/** The three examples, and how to send each of them one order. */
async function startAll(env: Readonly<Record<string, string>>) {
  const [lambda, worker, vercel] = await Promise.all([
    startExampleLambda(env).then(stoppable),
    startPlainWorker(env).then(stoppable),
    startExampleVercel(env).then(stoppable),
  ]);
  return {
    lambda,
    worker,
    vercel,
    async orderFromAll() {
      const { failed, result } = await lambda.invoke({ plan: "pro" });
      expect([failed, result]).toEqual([false, { statusCode: 200, body: '{"ok":true}' }]);
      expect(await answerOf(worker.fetch("/?plan=pro"))).toEqual([200, '{"ok":true}']);
      expect(await answerOf(vercel.fetch("/?plan=pro"))).toEqual([200, '{"ok":true}']);
    },
    async declineFromAll() {
      const { failed, result } = await lambda.invoke({ plan: "pro", card: "declined" });
      expect(failed).toBe(true);
      expect(result).toMatchObject({
        errorType: "CardDeclined",
        errorMessage: "The card was declined.",
      });
      expect(await answerOf(worker.fetch("/?card=declined"))).toEqual([500, ""]);
      expect(await answerOf(vercel.fetch("/?card=declined"))).toEqual([502, ""]);
    },
  };
}

describe("a gateway that is down", () => {
  test("changes no answer, and is logged once", async () => {
    const env = { PUSHGATEWAY_URL: REFUSING_ADDRESS, PREFREEZE_FLUSH_TIMEOUT_MS: "30000" };
    const all = await startAll(env);
    const { tookMs } = await timed(async () => {
      for (let count = 0; count < 5; count += 1) await all.orderFromAll();
      await all.declineFromAll();
    });
    // There are 18 calls. If only one of them waited for its whole flush timeout, they would take longer.
    expect(tookMs).toBeLessThan(15_000);
    await vi.waitFor(() => {
      for (const logs of [all.lambda.lambda.logs(), all.worker.logs(), all.vercel.logs()]) {
        expect(logs.match(/push to http:\/\/127\.0\.0\.1:\d+\/? failed/g)).toHaveLength(1);
      }
    }, 10_000);
  });
});

describe("a gateway that accepts connections and never answers", () => {
  test("delays one Lambda invocation by PREFREEZE_FLUSH_TIMEOUT_MS, and the next by a quarter of it", async () => {
    const gateway = stoppable(await startSilentGateway());
    const env = { PUSHGATEWAY_URL: gateway.url, PREFREEZE_FLUSH_TIMEOUT_MS: "1200" };
    const lambda = stoppable(await startExampleLambda(env));
    const first = await timed(() => lambda.invoke({ plan: "pro" }));
    const second = await timed(() => lambda.invoke({ plan: "pro" }));
    for (const { result } of [first, second])
      expect(result).toEqual({ failed: false, result: { statusCode: 200, body: '{"ok":true}' } });
    expect(gateway.connections()).toBeGreaterThan(0);
    expect(first.tookMs).toBeGreaterThan(1_190);
    expect(second.tookMs).toBeGreaterThan(290);
    expect(second.tookMs).toBeLessThan(first.tookMs);
  });

  test("does not make a Lambda invocation miss its deadline, even if the flush timeout is longer", async () => {
    const gateway = stoppable(await startSilentGateway());
    const env = { PUSHGATEWAY_URL: gateway.url, PREFREEZE_FLUSH_TIMEOUT_MS: "30000" };
    const lambda = stoppable(await startExampleLambda(env, { timeoutMs: 1_000 }));
    for (const event of [{ plan: "pro" }, httpEvent({ plan: "pro" })]) {
      const { result, tookMs } = await timed(() => lambda.invoke(event));
      expect(result.failed).toBe(false);
      expect(tookMs).toBeGreaterThan(500);
    }
    expect(lambda.lambda.coldStarts()).toBe(1);
  });

  test("does not delay the answers of Workers and Vercel", async () => {
    const gateway = stoppable(await startSilentGateway());
    const env = { PUSHGATEWAY_URL: gateway.url, PREFREEZE_FLUSH_TIMEOUT_MS: "30000" };
    const worker = stoppable(await startPlainWorker(env));
    const vercel = await startExampleVercel(env);
    stops.push(() => vercel.stop({ limitMs: 0 }));
    for (const running of [worker, vercel]) {
      const { result, tookMs } = await timed(async () => [
        ...(await atOnce(10, () => answerOf(running.fetch("/?plan=pro")))),
        await answerOf(running.fetch("/?plan=pro")),
      ]);
      expect(result).toEqual(Array(11).fill([200, '{"ok":true}']));
      expect(tookMs).toBeLessThan(5_000);
    }
    expect(gateway.connections()).toBeGreaterThanOrEqual(2);
  });

  test("does not keep a Vercel instance alive once the flush has timed out", async () => {
    const gateway = stoppable(await startSilentGateway());
    const env = { PUSHGATEWAY_URL: gateway.url, PREFREEZE_FLUSH_TIMEOUT_MS: "200" };
    const vercel = stoppable(await startExampleVercel(env));
    expect(await answerOf(vercel.fetch("/?plan=pro"))).toEqual([200, '{"ok":true}']);
    expect(await vercel.stop({ by: "SIGTERM", limitMs: 3_000 })).toMatchObject({ graceful: true });
  });
});

const JOBS = ["example-aws-lambda", "example-cloudflare-workers", "example-vercel"];

describe("a gateway that has lost its data in a restart", () => {
  test("has every count again after the next push of each instance", async () => {
    const before = stoppable(await startRealGateway({ flags: ["--persistence.file="] }));
    const address = new URL(before.url).host;
    // After two failures, a push has a sixteenth of this.
    const env = { PUSHGATEWAY_URL: before.url, PREFREEZE_FLUSH_TIMEOUT_MS: "30000" };
    const all = await startAll(env);
    const orderAndShow = async (gateway: RealGateway, counts: object) => {
      await all.orderFromAll();
      await vi.waitFor(async () => {
        const { of } = readScrape(await gateway.metrics());
        for (const job of JOBS) expect(of(job)).toMatchObject({ coldStarts: 1, ...counts });
      }, 10_000);
    };
    // On Workers, requests share a push once a second. If the outage met one of an earlier order, it would meet three, and the
    // breaker would open: the first order after the restart would push nothing.
    await orderAndShow(before, { succeeded: 1 });
    await orderAndShow(before, { succeeded: 2 });
    await before.stop();
    // These pushes find no gateway.
    await all.orderFromAll();
    await all.declineFromAll();
    const logsOfAll = () => [all.lambda.lambda.logs(), all.worker.logs(), all.vercel.logs()];
    await vi.waitFor(() => {
      for (const logs of logsOfAll()) expect(logs).toMatch(/push to \S+ failed/);
    }, 10_000);

    // The push of the declined order may still find this one.
    const after = stoppable(
      await startRealGateway({ flags: ["--persistence.file=", `--web.listen-address=${address}`] }),
    );
    await orderAndShow(after, { succeeded: 4, failed: 1, pro: 4, charges: 5 });
    const { sum } = readScrape(await after.metrics());
    for (const job of JOBS)
      expect(sum("prefreeze_flushes_total", { job, result: "failure" })).toBeGreaterThanOrEqual(1);
    await vi.waitFor(() => {
      for (const logs of logsOfAll()) expect(logs).toContain("succeeded again");
    }, 10_000);
  });
});
