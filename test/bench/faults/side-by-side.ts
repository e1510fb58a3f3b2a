import { setTimeout as sleep } from "node:timers/promises";
import {
  type BenchCall,
  type BenchFunction,
  type LambdaRun,
  startFunction,
} from "../lambda/bench-function.js";
import type { Side } from "../lambda/in-turns.js";

/** How a function is called. */
export interface Pace {
  readonly calls: number;
  /** Time from the start of a call to the start of the next; longer if the call takes longer. */
  readonly gapMs: number;
  /** No call starts later than this after the first. */
  readonly withinMs: number;
  /** The timeout of every function. */
  readonly timeoutMs: number;
}

/**
 * Calls each function at its own pace, all of them in the same period. Between calls they are frozen, and a
 * hanging gateway costs nothing but waiting. The calls are spread over the gap. The environments are initialized
 * first, so the first call is like the others and counts.
 */
export async function sideBySide<N extends string>(
  run: LambdaRun,
  sides: Record<N, Side>,
  pace: Pace,
): Promise<Record<N, readonly BenchCall[]>> {
  const { timeoutMs, gapMs } = pace;
  const started: { key: N; function: BenchFunction<unknown> }[] = [];
  try {
    for (const key of Object.keys(sides) as N[]) {
      const { name, env } = sides[key];
      const more = { timeoutMs, initializationType: "provisioned-concurrency" } as const;
      started.push({ key, function: await startFunction(run, name, env, more) });
    }
    const calls = await Promise.all(
      started.map(async (side, place) => {
        await sleep((gapMs * place) / started.length);
        return [side.key, await callAtPace(side.function, pace)] as const;
      }),
    );
    return Object.fromEntries(calls) as unknown as Record<N, readonly BenchCall[]>;
  } finally {
    await Promise.all(started.map((side) => side.function.stop()));
  }
}

async function callAtPace(
  { call }: BenchFunction<unknown>,
  { calls, gapMs, withinMs }: Pace,
): Promise<readonly BenchCall[]> {
  const made: BenchCall[] = [];
  const firstMs = performance.now();
  while (made.length < calls) {
    const startedMs = performance.now();
    if (startedMs - firstMs >= withinMs) break;
    made.push(await call());
    await sleep(startedMs + gapMs - performance.now());
  }
  return made;
}
