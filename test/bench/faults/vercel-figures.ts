import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { Agent, type IncomingMessage, request as requestOn } from "node:http";
import { join } from "node:path";
import { buildApp, laneOf } from "../../../packages/vercel/test/next/built-app.js";
import { prepareFunctions } from "../../truth/vercel/start-function.js";
import { startNextServer } from "../../vercel/next-server.js";
import { type BenchFigure, limited } from "../figure.js";
import { median } from "../quantile.js";
import type { BrokenGateways } from "./broken-gateways.js";

/** Those of a function that have `waitUntil`. */
const SHAPES = ["node", "methods", "fetch", "edge"] as const;
const ORDER = { id: 1, plan: "pro", amount: 4, runMs: 0 };

/** What Next.js answers by code of the app, which has `after` or `waitUntil`. */
const NEXT_PATHS = {
  route: "/dynamic?plan=pro",
  edge_route: "/edge",
  // The other page waits for a third of a second, to stream.
  page: "/page-edge",
  proxy: "/proxied",
  pages_api: "/api/node",
} as const;

interface Rounds {
  readonly warmUp: number;
  readonly rounds: number;
}

/** A server that answers requests. */
interface Side {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * What a response of each shape of a Vercel function takes longer while the gateway hangs, beside the same function
 * without metrics.
 *
 * @param folder an existing directory for the functions
 */
export async function vercelFigures(
  folder: string,
  { envOf }: Pick<BrokenGateways, "envOf">,
  rounds: Rounds,
): Promise<readonly BenchFigure[]> {
  const own = join(folder, "vercel");
  await mkdir(own);
  const start = await prepareFunctions(own);
  const env = { ...envOf("hanging"), NOTES: join(own, "notes") };
  const path = `/orders/1?order=${encodeURIComponent(JSON.stringify(ORDER))}`;
  const figures: BenchFigure[] = [];
  for (const shape of SHAPES) {
    const [bare, wrapped] = await Promise.all(
      [true, false].map((isBare) => start({ shape, environment: "", bare: isBare, env })),
    );
    try {
      figures.push(await addedFigure(`vercel_${shape}`, path, [bare!, wrapped!], rounds));
    } finally {
      await Promise.all([bare!.kill(), wrapped!.kill()]);
    }
  }
  return figures;
}

/** The same for an app of Next.js under `next start`. Builds it twice. */
export async function nextFigures(
  { envOf }: Pick<BrokenGateways, "envOf">,
  rounds: Rounds,
): Promise<readonly BenchFigure[]> {
  const env = { ...envOf("hanging"), PREFREEZE_JOB: "shop", PREFREEZE_ACTIVE: "1" };
  const build = { version: "16", bundler: "turbopack" } as const;
  const apps = [
    await buildApp({ ...build, wrapped: false }),
    await buildApp({ ...build, wrapped: true }),
  ];
  const installed = laneOf(build.version);
  const [bare, wrapped] = await Promise.all(
    apps.map(({ folder }) => startNextServer({ folder, installed, env })),
  );
  const figures: BenchFigure[] = [];
  try {
    for (const [name, path] of Object.entries(NEXT_PATHS))
      figures.push(await addedFigure(`next_${name}`, path, [bare!, wrapped!], rounds));
  } finally {
    await Promise.all([bare!.stop(), wrapped!.stop()]);
  }
  return figures;
}

async function addedFigure(
  name: string,
  path: string,
  [bare, wrapped]: readonly [bare: Side, wrapped: Side],
  { warmUp, rounds }: Rounds,
): Promise<BenchFigure> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const differences: number[] = [];
  try {
    for (let round = -warmUp; round < rounds; round++) {
      // Each is the first one in every second round. Neighbouring calls find the machine equally busy.
      const bareFirst = round % 2 === 0;
      const first = await answerMs(bareFirst ? bare : wrapped, path, agent);
      const second = await answerMs(bareFirst ? wrapped : bare, path, agent);
      if (round >= 0) differences.push(bareFirst ? second - first : first - second);
    }
  } finally {
    agent.destroy();
  }
  const figure = limited(`hanging_${name}_p50`, median(differences), "ms", "<=", 0.5);
  return { ...figure, calls: rounds };
}

/** The time until a response has ended, in milliseconds. */
async function answerMs({ url, headers = {} }: Side, path: string, agent: Agent): Promise<number> {
  const startedMs = performance.now();
  const sent = requestOn(new URL(path, url), { agent, headers }).end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  await once(response.resume(), "end");
  return performance.now() - startedMs;
}
