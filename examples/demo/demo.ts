import { setTimeout as delay } from "node:timers/promises";
import { type DemoAggregator, startAggregator } from "./aggregator.js";
import { openGateway, type GatewayChoice } from "./gateway.js";
import { lambda } from "./lambda.js";
import { node } from "./node.js";
import {
  functionMetrics,
  groupsHeld,
  type NumberMetrics,
  numbersHeld,
  type Numbers,
} from "./numbers.js";
import type { DemoTarget, Platform, Run } from "./platform.js";
import { bold, dim, red, say, step } from "./progress.mjs";
import { type DemoPrometheus, findPrometheus, openPrometheus } from "./prometheus.js";
import { lastLines } from "./run-program.mjs";
import { differences, table, type Comparison } from "./table.js";
import { vercel } from "./vercel.js";
import { workers } from "./workers.js";

const HELD_WITHIN_MS = 10_000;
const POLL_MS = 100;

const platforms: Readonly<Record<"lambda" | "workers" | "vercel" | "node", Platform>> = {
  lambda,
  workers,
  vercel,
  node,
};

export interface DemoOptions extends GatewayChoice {
  readonly platforms: readonly (keyof typeof platforms)[];
}

/**
 * Runs the example of each platform, and shows the numbers that the callers saw beside those of the gateway,
 * and of Prometheus if one is at hand.
 *
 * @returns whether every number is exact
 */
export async function demo(
  options: DemoOptions,
  untilInterrupted: () => Promise<unknown>,
): Promise<boolean> {
  // The demo also runs on Node 20, and calls only this machine.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
  const gateway = await step(
    "starting a gateway",
    () => openGateway(options),
    ({ name, url }) => `${name}, at ${url}`,
  );
  const stops: (() => Promise<unknown>)[] = [gateway.stop];
  try {
    const aggregator = await aggregate(options.platforms, gateway.url);
    if (aggregator) stops.push(aggregator.stop);
    const prometheus = await watch(gateway.url);
    if (prometheus) stops.push(prometheus.stop);
    const target: DemoTarget = {
      url: aggregator?.url ?? gateway.url,
      gateway: gateway.url,
      metrics: () => gateway.metrics(),
    };
    const runs: (Run & HasNumbers & { readonly title: string })[] = [];
    for (const name of options.platforms) {
      const platform = platforms[name];
      const { title, runtime, job, metrics = functionMetrics } = platform;
      const doing = `${bold(title)} in ${runtime}`;
      const run = await step(
        doing,
        () => platform.run(target),
        ({ summary }) => `${doing}: ${summary}`,
      );
      runs.push({ ...run, title, job, metrics });
      if (run.stop) stops.push(run.stop);
    }
    const compared = await step(
      "waiting for the newest numbers",
      async () => {
        const held = await Promise.all(runs.map((run) => untilHeld(target, run)));
        return await Promise.all(
          runs.map(async (run, index) => ({
            ...run,
            held: held[index]!,
            increases: await prometheus?.increases(run.job, held[index]!, run.metrics),
          })),
        );
      },
      () => "all numbers are there",
    );
    // The gateway keeps the numbers, and a runtime that is left would answer Ctrl-C by itself.
    for (const { stop } of runs) if (stop) await stop();
    say(`\n${table(compared)}\n`);
    const exact = verdict(compared, prometheus !== undefined);
    const scrape = await gateway.metrics();
    const groups = runs.reduce((sum, { job }) => sum + groupsHeld(scrape, job), 0);
    const instances = runs.reduce(
      (sum, { seen, instances: own = seen.coldStarts ?? 0 }) => sum + own,
      0,
    );
    say(
      `  ${instances} instances pushed. The gateway holds ${groups} ${groups === 1 ? "group" : "groups"}: one for each function or server, with the sums over its instances.`,
    );
    if (options.keep) {
      say(`  The gateway stays open at ${bold(gateway.url)} until Ctrl-C.`);
      const others = [
        aggregator && `the aggregator, at ${aggregator.url}`,
        prometheus && `Prometheus, at ${prometheus.url}`,
      ].filter(Boolean);
      if (others.length > 0)
        say(`  So ${others.length > 1 ? "do" : "does"} ${others.join(", and ")}.`);
      await untilInterrupted();
      say();
    } else {
      say(dim(`  To look at all this yourself, keep it open: npm run demo -- --keep\n`));
    }
    return exact;
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

/** Where the numbers of a run are. */
interface HasNumbers {
  readonly job: string;
  readonly metrics: NumberMetrics;
}

/** Starts the aggregator if a platform needs one. */
async function aggregate(
  names: readonly (keyof typeof platforms)[],
  gatewayUrl: string,
): Promise<DemoAggregator | undefined> {
  if (names.every((name) => platforms[name].hasAggregator)) return undefined;
  return await step(
    "starting the aggregator",
    () => startAggregator(gatewayUrl),
    ({ url }) =>
      `prefreeze aggregate, at ${url}: all but Workers push to it, and it pushes the sums; Workers have an aggregator object`,
  );
}

/** Starts a real Prometheus if one is at hand. */
async function watch(gatewayUrl: string): Promise<DemoPrometheus | undefined> {
  const program = findPrometheus();
  if (program === undefined) return undefined;
  return await step(
    "starting Prometheus, which first waits some seconds",
    () => openPrometheus(program, gatewayUrl),
    ({ name, url }) => `${name}, at ${url}, scrapes the gateway every second`,
  );
}

/** Waits until the gateway holds what the callers saw: a new series shows 0 for two scrapes. Not for ever. */
async function untilHeld(
  target: DemoTarget,
  { job, metrics, seen }: Run & HasNumbers,
): Promise<Numbers> {
  const endMs = performance.now() + HELD_WITHIN_MS;
  for (;;) {
    const held = numbersHeld(await target.metrics(), job, metrics);
    const differs = differences({ title: job, seen, held, increases: undefined }) > 0;
    if (!differs || performance.now() > endMs) return held;
    await delay(POLL_MS);
  }
}

function verdict(
  compared: readonly (Comparison & { readonly logs: string })[],
  withPrometheus: boolean,
): boolean {
  const different = compared.filter((comparison) => differences(comparison) > 0);
  if (different.length === 0) {
    say(
      withPrometheus
        ? "  Every number is exact: the gateway holds what the callers saw, and plain sum(increase(x[5m])) in Prometheus shows it."
        : "  Every number is exact: the gateway holds what the callers saw.",
    );
    return true;
  }
  for (const { title, logs } of different)
    say(`  The end of the log of ${title}:\n${lastLines(logs, 20)}\n`);
  say(red(`  Some numbers differ: see the rows marked ✗.`));
  return false;
}
