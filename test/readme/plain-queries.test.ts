import { startAggregator } from "@prefreeze/aggregator";
import { bundleHandler } from "@prefreeze/lambda-emulator";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { atOnce } from "../end-to-end/examples.js";
import { startLambdaFunction } from "../end-to-end/lambda-function.js";
import { type Prometheus, type Result, startPrometheus } from "../end-to-end/prometheus.js";
import { foundPrograms } from "../pushgateway/programs.mjs";
import { startRealGateway } from "../pushgateway/real.js";
import { readBlocks } from "./blocks.js";
import { root } from "./guides.js";

/** What the fleet did, counted by its caller. */
const truth = { succeeded: 0, failed: 0, pro: 0, free: 0, environments: 0 };
const stops: (() => Promise<unknown>)[] = [];
const programs = await foundPrograms("prometheus");
/** One of each version, which scrape the same gateway. */
const prometheuses = new Map<string, Prometheus>();

/** The README's handler, whose cards are charged quickly, slowly, or not at all. */
async function writeHandler(folder: string): Promise<string> {
  const blocks = await readBlocks();
  const entry = join(folder, "handler.ts");
  await writeFile(
    entry,
    `${blocks.find(({ name }) => name === "aws-lambda")!.text}
import { gauge } from "@prefreeze/aws-lambda";
const backlog = gauge({ name: "backlog_messages", help: "Messages waiting when last looked at." });
async function chargeCard(event: object) {
  const { card, waiting } = event as { card?: string; waiting: number };
  backlog.set(waiting);
  if (card === "declined") throw new TypeError("declined");
  await new Promise((resolve) => setTimeout(resolve, card === "slow" ? 1_200 : 100));
}
`,
  );
  return entry;
}

/** Births in waves, environments that are called once only, failures and slow calls. */
beforeAll(async () => {
  await mkdir(join(root, ".cache"), { recursive: true });
  const folder = await mkdtemp(join(root, ".cache", "readme-"));
  stops.push(() => rm(folder, { recursive: true, force: true }));
  const gateway = await startRealGateway();
  stops.push(() => gateway.stop());
  const aggregator = await startAggregator({
    directory: join(folder, "state"),
    listen: { host: "127.0.0.1", port: 0 },
    pushgateway: gateway.url,
    pushIntervalMs: 100,
    scrapeIntervalMs: 1_000,
  });
  stops.push(() => aggregator.close());
  for (const { version, path: program } of programs) {
    const prometheus = await startPrometheus(gateway.url, { program });
    stops.push(() => prometheus.stop());
    prometheuses.set(version, prometheus);
  }
  const orders = await startLambdaFunction({
    ...(await bundleHandler({
      entry: await writeHandler(folder),
      outdir: join(folder, "dist"),
      format: "esm",
    })),
    functionName: "orders",
    maxEnvironments: 10,
    env: { PUSHGATEWAY_URL: aggregator.url },
  });
  stops.push(() => orders.stop());
  for (const each of prometheuses.values()) await untilItScrapes(each);

  const order = async (plan: "pro" | "free", card: "good" | "slow" | "declined") => {
    const { failed } = await orders.invoke({ plan, card, waiting: 7 });
    expect(failed).toBe(card === "declined");
    truth[failed ? "failed" : "succeeded"] += 1;
    if (!failed) truth[plan] += 1;
  };
  for (const environments of [2, 5, 10]) {
    await atOnce(environments, (each) => order("pro", each === 0 ? "slow" : "good"));
    await order("free", "declined");
    await order("free", "good");
    await orders.lambda.settled();
  }
  truth.environments = orders.lambda.coldStarts();
}, 120_000);
afterAll(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function untilItScrapes(prometheus: Prometheus): Promise<void> {
  await vi.waitFor(async () => expect(await prometheus.query("up == 1")).toHaveLength(1), waiting);
}

const waiting = { timeout: 30_000, interval: 200 };

/** The queries of a block, each under the comment above it. */
async function queriesIn(file: string): Promise<Map<string, string>> {
  const blocks = await readBlocks(join(root, file));
  const queries = blocks.find(({ name }) => name === "queries")!.text.trim();
  return new Map(
    queries.split("\n\n").map((each) => {
      const [, comment = "", query = ""] = /^# (.*?)\n(.*)$/s.exec(each)!;
      return [comment, query.replaceAll(/\s+/g, " ")];
    }),
  );
}

/** A value that Prometheus extrapolates. */
function about(value: number): unknown {
  return expect.toSatisfy((shown: number) => shown >= 0.97 * value && shown <= 1.05 * value);
}

/** Resolves when Prometheus has everything, and for long enough that a rate extrapolates little. */
async function untilAllIsScraped(prometheus: Prometheus): Promise<void> {
  const sum = async (name: string) => (await prometheus.query(`sum(${name})`))[0]?.value;
  const shown = async () => ({
    succeeded: await sum("faas_invocations_total"),
    failed: await sum("faas_errors_total"),
    pro: await sum('orders_total{plan="pro"}'),
    free: await sum('orders_total{plan="free"}'),
    environments: await sum("faas_coldstarts_total"),
  });
  await vi.waitFor(async () => expect(await shown()).toEqual(truth), waiting);
  const newest = 'count_over_time(faas_errors_total{error_type="TypeError"}[5m])';
  const scrapes = async () => (await prometheus.query(`min(${newest})`))[0]?.value;
  await vi.waitFor(async () => expect(await scrapes()).toBeGreaterThan(30), {
    ...waiting,
    timeout: 60_000,
  });
}

test.each(programs)(
  "each plain query of the READMEs shows the truth, behind the aggregator, in Prometheus $version",
  async ({ version }) => {
    const prometheus = prometheuses.get(version)!;
    await untilAllIsScraped(prometheus);
    const shownBy = async (file: string) => {
      const results = new Map<string, Result[]>();
      for (const [comment, query] of await queriesIn(file))
        results.set(comment, await prometheus.query(query));
      return Object.fromEntries(results);
    };
    const { succeeded, failed, pro, free } = truth;
    const one = (value: unknown) => [{ labels: {}, value }];
    const byPlan = (perPlan: (count: number) => unknown) =>
      expect.arrayContaining([
        { labels: { plan: "pro" }, value: perPlan(pro) },
        { labels: { plan: "free" }, value: perPlan(free) },
      ]) as unknown;
    // More than one in twenty took 1.2 s.
    const slow = expect.toSatisfy((seconds: number) => seconds > 1 && seconds <= 2.5) as unknown;
    const gauge = [{ labels: expect.objectContaining({ job: "orders" }) as unknown, value: 7 }];

    expect(await shownBy("README.md")).toEqual({
      "successes per second": one(about(succeeded / 300)),
      "share that failed": one(about(failed / (succeeded + failed))),
      "95th percentile of the duration, in seconds": one(slow),
      "a gauge of yours": gauge,
    });
    expect(await shownBy("packages/aggregator/README.md")).toEqual({
      "orders per second": byPlan((count) => about(count / 300)),
      "orders of the last hour": byPlan(about),
      "95th percentile of the duration, in seconds": one(slow),
      "a gauge": gauge,
      "instances that pushed within the last 10 minutes": [
        expect.objectContaining({ value: truth.environments }),
      ],
    });
    // Exact, without extrapolation.
    expect(await prometheus.query("sum(orders_total)")).toEqual(one(pro + free));
  },
  120_000,
);
