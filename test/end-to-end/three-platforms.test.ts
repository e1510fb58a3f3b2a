import { afterEach, beforeAll, afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import { startRealGateway, type RealGateway } from "../pushgateway/real.js";
import { startWorker } from "../workers/worker.js";
import {
  atOnce,
  httpEvent,
  plainWorker,
  startExampleLambda,
  startExampleVercel,
  startPlainWorker,
} from "./examples.js";
import { readScrape } from "./read-scrape.js";

const LAMBDA = "example-aws-lambda";
const WORKERS = "example-cloudflare-workers";
const VERCEL = "example-vercel";

let gateway: RealGateway;
beforeAll(async () => void (gateway = await startRealGateway({ flags: ["--persistence.file="] })));
afterAll(async () => await gateway.stop());
beforeEach(async () => await gateway.wipe());

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
function stoppable<T extends { stop(): Promise<unknown> }>(running: T): T {
  stops.push(() => running.stop());
  return running;
}

const read = async () => readScrape(await gateway.metrics());

/** Waits for the push that follows the response. */
const eventually = (assertion: () => Promise<void>) =>
  vi.waitFor(assertion, { timeout: 10_000, interval: 20 });

async function statuses(responses: readonly Response[]): Promise<number[]> {
  await Promise.all(responses.map((response) => response.text()));
  return responses.map(({ status }) => status);
}

describe("a real Pushgateway that three platforms with one metrics file share", () => {
  test("has the exact numbers of all three, called concurrently, failures and cold starts included", async () => {
    const env = { PUSHGATEWAY_URL: gateway.url };
    const [lambda, first, second, vercel] = await Promise.all([
      startExampleLambda(env).then(stoppable),
      startPlainWorker(env).then(stoppable),
      startPlainWorker(env).then(stoppable),
      startExampleVercel(env).then(stoppable),
    ]);

    const onLambda = async () => {
      for (let count = 0; count < 5; count += 1) await lambda.invoke({ plan: "pro" });
      const outcomes = await atOnce(6, (index) =>
        lambda.invoke(index < 4 ? { plan: "free" } : { plan: "free", card: "declined" }),
      );
      expect(outcomes.map(({ failed }) => failed)).toEqual([
        false,
        false,
        false,
        false,
        true,
        true,
      ]);
      await lambda.invoke(httpEvent({ plan: "pro" }));
    };
    const onWorkers = async () => {
      const answers = await atOnce(30, (index) =>
        (index % 2 ? first : second).fetch(index % 10 === 0 ? "/?card=declined" : "/?plan=pro"),
      );
      const failed = (await statuses(answers)).filter((status) => status === 500);
      expect(failed).toHaveLength(3);
      expect(await first.scheduled()).toBe("ok");
    };
    const onVercel = async () => {
      const answers = await atOnce(30, (index) =>
        vercel.fetch(index % 10 === 0 ? "/?card=declined" : "/?plan=free"),
      );
      const failed = (await statuses(answers)).filter((status) => status === 502);
      expect(failed).toHaveLength(3);
    };
    await Promise.all([onLambda(), onWorkers(), onVercel()]);

    const environments = lambda.lambda.coldStarts();
    expect(environments).toBeGreaterThan(1);
    await eventually(async () => {
      const { of, sum, instances } = await read();
      expect(of(LAMBDA)).toEqual({
        succeeded: 10,
        failed: 2,
        timedOut: 0,
        coldStarts: environments,
        pro: 6,
        free: 4,
        charges: 12,
      });
      expect(of(WORKERS)).toEqual({
        succeeded: 28,
        failed: 3,
        timedOut: 0,
        coldStarts: 2,
        pro: 27,
        free: undefined,
        charges: 30,
      });
      expect(of(VERCEL)).toEqual({
        succeeded: 27,
        failed: 3,
        timedOut: 0,
        coldStarts: 1,
        pro: undefined,
        free: 27,
        charges: 30,
      });
      // The sums over all platforms, as on a dashboard.
      expect(sum("orders_total")).toBe(64);
      expect(sum("backlog_messages")).toBe(3);
      expect([LAMBDA, WORKERS, VERCEL].map((job) => instances(job).length)).toEqual([
        environments,
        2,
        1,
      ]);
    });
  });

  test("has separate numbers for HTTP requests, timers and other events", async () => {
    const env = { PUSHGATEWAY_URL: gateway.url };
    const lambda = stoppable(await startExampleLambda(env));
    const worker = stoppable(await startPlainWorker(env));
    await lambda.invoke({ plan: "pro" });
    await lambda.invoke(httpEvent({ plan: "pro" }));
    await lambda.invoke(httpEvent({ plan: "a word of the caller's own", card: "declined" }));
    await (await worker.fetch("/")).text();
    await worker.scheduled();
    await eventually(async () => {
      const { sum } = await read();
      const invocations = (job: string, trigger: string) =>
        sum("faas_invocations_total", { job, faas_trigger: trigger });
      expect(invocations(LAMBDA, "other")).toBe(1);
      expect(invocations(LAMBDA, "http")).toBe(1);
      expect(invocations(WORKERS, "http")).toBe(1);
      expect(invocations(WORKERS, "timer")).toBe(1);
      expect(
        sum("faas_errors_total", { job: LAMBDA, faas_trigger: "http", error_type: "CardDeclined" }),
      ).toBe(1);
    });
  });

  test.each([
    { nodejsCompat: false },
    { nodejsCompat: true },
    { nodejsCompat: "nodejs_als" },
  ] as const)(
    "has the exact numbers of a Worker with nodejsCompat $nodejsCompat and 50 concurrent requests",
    async ({ nodejsCompat }) => {
      const worker = stoppable(
        await startWorker({
          entry: plainWorker,
          nodejsCompat,
          bindings: { PUSHGATEWAY_URL: gateway.url, PREFREEZE_JOB: WORKERS },
        }),
      );
      const answers = await atOnce(50, (index) =>
        worker.fetch(
          index % 5 === 0 ? "/?card=declined" : index % 2 ? "/?plan=pro" : "/?plan=free",
        ),
      );
      expect((await statuses(answers)).filter((status) => status === 500)).toHaveLength(10);
      await eventually(async () => {
        expect((await read()).of(WORKERS)).toEqual({
          succeeded: 40,
          failed: 10,
          timedOut: 0,
          coldStarts: 1,
          pro: 20,
          free: 20,
          charges: 50,
        });
      });
    },
  );

  test("has the exact numbers of all three shapes of a Vercel function", async () => {
    const env = { PUSHGATEWAY_URL: gateway.url };
    const [orders, trial, checkout] = await Promise.all([
      startExampleVercel(env, "orders").then(stoppable),
      startExampleVercel(env, "trial").then(stoppable),
      startExampleVercel(env, "checkout").then(stoppable),
    ]);
    const answers = await Promise.all([
      orders.fetch("/?plan=pro"),
      ...(await atOnce(5, () => trial.fetch("/"))),
      ...(await atOnce(5, () => checkout.fetch("/"))),
      checkout.fetch("/?card=declined"),
    ]);
    expect(await statuses(answers)).toEqual([...Array(11).fill(200), 502]);
    await eventually(async () => {
      expect((await read()).of(VERCEL)).toEqual({
        succeeded: 11,
        failed: 1,
        timedOut: 0,
        coldStarts: 3,
        pro: 6,
        free: 5,
        charges: 7,
      });
    });
  });
});
