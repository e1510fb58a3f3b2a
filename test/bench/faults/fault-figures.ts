import { rm } from "node:fs/promises";
import { installLane } from "@prefreeze/install-lane";
import type { RuntimeClient } from "@prefreeze/lambda-emulator/runtime-clients";
import type { BenchFigure } from "../figure.js";
import type { LambdaRun } from "../lambda/bench-function.js";
import { PEERS } from "../lambda/bundle-functions.js";
import { findNativeClient } from "../lambda/find-native-client.js";
import { afterResponseFigures } from "./after-response-figures.js";
import { beforeReturningFigures, peerFigures } from "./before-returning-figures.js";
import { FAULTS, startBrokenGateways } from "./broken-gateways.js";
import { bundleFunctions, DATADOG } from "./bundle-functions.js";
import { managedFigures } from "./managed-figures.js";
import { nextFigures, vercelFigures } from "./vercel-figures.js";

const FULL = {
  afterResponse: { block: 200, blocks: 5 },
  ours: { calls: 100, gapMs: 1_000, withinMs: Infinity, timeoutMs: 30_000 },
  peers: { calls: 100, gapMs: 1_000, withinMs: 30_000, timeoutMs: 30_000 },
  faultsOfPeers: FAULTS,
  managed: { waitMs: 4_000, rounds: 4 },
  vercel: { warmUp: 200, rounds: 2_000 },
} as const;

/** Shows whether the benchmark works, not how fast prefreeze is. Each figure has its number of calls. */
const QUICK = {
  afterResponse: { block: 10, blocks: 1 },
  ours: { calls: 10, gapMs: 200, withinMs: Infinity, timeoutMs: 30_000 },
  peers: { calls: 1, gapMs: 200, withinMs: Infinity, timeoutMs: 13_000 },
  faultsOfPeers: ["hanging"],
  managed: { waitMs: 500, rounds: 1 },
  vercel: { warmUp: 2, rounds: 10 },
} as const;

/**
 * The cost of a broken gateway for functions on an emulated AWS Lambda with AWS's own runtime client and in the server
 * of Vercel's Node builder, and for an app of Next.js; and the load that a busy process puts on a gateway.
 *
 * @param say prints which runtime client runs the functions, and how they are called
 */
export async function* faultFigures(
  runtimeClient: RuntimeClient,
  quick: boolean,
  say: (line: string) => void,
): AsyncGenerator<readonly BenchFigure[]> {
  const nativeClient = await findNativeClient(runtimeClient, quick, say);
  await installLane(PEERS);
  await installLane(DATADOG);

  const { afterResponse, ours, peers, faultsOfPeers, managed, vercel } = quick ? QUICK : FULL;
  say(
    `Faults: functions that flush before returning are called every ${ours.gapMs} ms, all in the same period; ` +
      `peers are called for ${Math.min(peers.calls * peers.gapMs, peers.withinMs) / 1_000} s ` +
      `and time out after ${peers.timeoutMs / 1_000} s`,
  );
  const folder = await bundleFunctions();
  const run: LambdaRun = { folder, runtimeClient, nativeClient, quick };
  const gateways = await startBrokenGateways(folder);
  try {
    const parts = [
      () => afterResponseFigures(run, gateways, afterResponse),
      () => beforeReturningFigures(run, gateways, ours),
      () => peerFigures(run, gateways, faultsOfPeers, peers),
      () => managedFigures(run, gateways, managed),
      () => vercelFigures(folder, gateways, vercel),
      // A quick run has no time to build the app.
      async () => (quick ? [] : await nextFigures(gateways, vercel)),
    ];
    // A quick run measures all parts concurrently, since its speed does not matter.
    if (quick) yield (await Promise.all(parts.map((part) => part()))).flat();
    else for (const part of parts) yield await part();
  } finally {
    gateways.stop();
    await rm(folder, { recursive: true });
  }
}
