import { setTimeout as sleep } from "node:timers/promises";
import { startLambda, timedInvoker } from "@prefreeze/lambda-emulator";
import { type BenchFigure, limited, unlimited } from "../figure.js";
import type { LambdaRun } from "../lambda/bench-function.js";
import type { Arrival, BrokenGateways } from "./broken-gateways.js";
import { mostInASecond } from "./most-in-a-second.js";

const NAME = "waiting";
const AT_ONCE = 1_000;
/** A thread flushes within 5 s. */
const LONGEST_UNTIL_PUSHED_MS = 20_000;
const POLL_MS = 100;

/** How long each invocation runs, and how many rounds of a thousand invocations there are. */
export interface ManagedLoad {
  readonly waitMs: number;
  readonly rounds: number;
}

/**
 * Measures how often a process of Managed Instances pushes with a thousand concurrent invocations in as many threads
 * as AWS's runtime client starts for one vCPU.
 *
 * @throws Error if the pushes do not count all invocations
 */
export async function managedFigures(
  { folder, runtimeClient, nativeClient }: LambdaRun,
  { recordingUrl, arrivals }: BrokenGateways,
  { waitMs, rounds }: ManagedLoad,
): Promise<readonly BenchFigure[]> {
  const lambda = await startLambda({
    taskRoot: folder,
    handler: `${NAME}.handler`,
    functionName: NAME,
    env: { PUSHGATEWAY_URL: recordingUrl },
    maxEnvironments: 1,
    timeoutMs: 60_000,
    runtimeClient,
    nativeClient,
    managedInstances: { maxConcurrency: AT_ONCE },
  });
  const invokers = Array.from({ length: AT_ONCE }, () => timedInvoker(lambda.endpoint, NAME));
  try {
    for (let round = 0; round < rounds; round++) {
      const answers = await Promise.all(invokers.map((invoker) => invoker.invoke({ waitMs })));
      const failed = answers.find((answer) => answer.failed);
      if (failed) throw new Error(`${NAME}: ${failed.payload}\n${lambda.logs()}`);
    }
    const pushes = await allPushes(arrivals, AT_ONCE * rounds);
    const tookS = (pushes.at(-1)!.atMs - pushes[0]!.atMs) / 1_000;
    return [
      limited(
        "managed_instances_pushes_in_a_second",
        mostInASecond(pushes.map(({ atMs }) => atMs)),
        "/s",
        "<=",
        3,
      ),
      unlimited("managed_instances_pushes_average", pushes.length / Math.max(tookS, 5), "/s"),
    ].map((figure) => ({ ...figure, calls: AT_ONCE * rounds }));
  } finally {
    for (const invoker of invokers) invoker.close();
    await lambda.stop();
  }
}

/** Resolves with the pushes once they count that many invocations. */
async function allPushes(
  arrivals: () => Promise<readonly Arrival[]>,
  invocations: number,
): Promise<readonly Arrival[]> {
  const untilMs = performance.now() + LONGEST_UNTIL_PUSHED_MS;
  for (;;) {
    const pushes = await arrivals();
    const counted = invocationsIn(pushes);
    if (counted === invocations) return pushes;
    if (performance.now() > untilMs)
      throw new Error(`of ${invocations} invocations, the pushes count ${counted}`);
    await sleep(POLL_MS);
  }
}

/** The sum over the newest push of each group. */
function invocationsIn(pushes: readonly Arrival[]): number {
  const newest = new Map(pushes.map(({ path, body }) => [path, body]));
  return [...newest.values()].reduce((sum, body) => {
    const counts = body.matchAll(/^faas_invocations_total\{.*\} (\d+)$/gm);
    return sum + [...counts].reduce((each, [, count]) => each + Number(count), 0);
  }, 0);
}
