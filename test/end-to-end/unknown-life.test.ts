import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningAggregator, startAggregator } from "@prefreeze/aggregator";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type RealGateway, startRealGateway } from "../pushgateway/real.js";
import {
  httpEvent,
  startExampleLambda,
  startExampleVercel,
  startPlainWorker,
  type Variables,
} from "./examples.js";
import { readScrape } from "./read-scrape.js";

let gateway: RealGateway;
let address: OneAddress;

const stops: (() => unknown)[] = [];
beforeAll(async () => void (gateway = await startRealGateway()));
afterAll(async () => await gateway.stop());
beforeEach(async () => void (address = await startOneAddress()));
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** Two aggregators behind one address, which leads to one of them. */
interface OneAddress {
  readonly url: string;
  readonly aggregators: readonly [RunningAggregator, RunningAggregator];
  /** Requests reach this one from now on. */
  reaches: 0 | 1;
}

async function startOneAddress(): Promise<OneAddress> {
  const aggregators = [await start("a"), await start("b")] as const;
  const started = { url: "", aggregators, reaches: 0 as 0 | 1 };
  const server = createServer((incoming, outgoing) => {
    const { method, headers, url = "" } = incoming;
    const to = new URL(url, aggregators[started.reaches].url);
    const forwarded = request(to, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(forwarded);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  stops.push(() => {
    server.closeAllConnections();
    server.close();
  });
  started.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return started;
}

async function start(name: string): Promise<RunningAggregator> {
  const directory = mkdtempSync(join(tmpdir(), "prefreeze-unknown-life-"));
  const aggregator = await startAggregator({
    directory,
    listen: { port: 0 },
    pushgateway: gateway.url,
    name,
  });
  stops.push(async () => {
    await aggregator.close();
    rmSync(directory, { recursive: true });
  });
  return aggregator;
}

/** The invocations of a job that each of the two aggregators has counted, after the zeros of new series. */
async function invocations(job: string): Promise<(number | undefined)[]> {
  return await Promise.all(
    address.aggregators.map(async ({ url }) => {
      const text = await (await fetch(`${url}/metrics`)).text();
      return readScrape(text).sum("faas_invocations_total", { job });
    }),
  );
}

interface Running {
  invoke(): Promise<unknown>;
  stop(): Promise<unknown>;
}

const PLATFORMS: readonly (readonly [job: string, (env: Variables) => Promise<Running>])[] = [
  [
    "example-aws-lambda",
    async (env) => {
      const lambda = await startExampleLambda(env);
      return {
        invoke: () => lambda.invoke(httpEvent({ plan: "pro" })),
        stop: () => lambda.stop(),
      };
    },
  ],
  [
    "example-cloudflare-workers",
    async (env) => {
      const worker = await startPlainWorker(env);
      return {
        invoke: async () => (await worker.fetch("/?plan=pro")).text(),
        stop: () => worker.stop(),
      };
    },
  ],
  [
    "example-vercel",
    async (env) => {
      const vercel = await startExampleVercel(env);
      return {
        invoke: async () => (await vercel.fetch("/?plan=pro")).text(),
        stop: () => vercel.stop(),
      };
    },
  ],
];

test.each(PLATFORMS)(
  "%s pushes the rest at once, as a new life, when its pushes reach another aggregator",
  async (job, startPlatform) => {
    const platform = await startPlatform({ PUSHGATEWAY_URL: address.url });
    stops.push(() => platform.stop());
    const expectInvocations = async (...expected: (number | undefined)[]) =>
      await vi.waitFor(async () => expect(await invocations(job)).toEqual(expected), {
        timeout: 10_000,
        interval: 50,
      });
    await platform.invoke();
    await platform.invoke();
    await expectInvocations(2, undefined);
    address.reaches = 1;
    await platform.invoke();
    await expectInvocations(2, 1);
    await platform.invoke();
    await expectInvocations(2, 2);
    address.reaches = 0;
    await platform.invoke();
    await expectInvocations(3, 2);
  },
);
