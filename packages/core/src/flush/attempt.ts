import { type Failure, inTime } from "../runtime/in-time.js";
import type { Holder } from "./push-window.js";
import { isOverload, isRefusal } from "../target/push-error.js";

/** If less time is left, there is no retry. */
const MIN_RETRY_MS = 10;

/** A push in flight, its retry included. */
export interface Attempt {
  /** Resolves when the push has settled, whatever the result. */
  done: Promise<void>;
  /** The version of the totals that it carries. */
  version: number;
  /** When it is given up, by `performance.now()`, which nobody can set. */
  readonly untilMs: number;
  /** The request that makes it, if requests share pushes. */
  readonly holder: Holder | undefined;
  /** @returns how long it has taken, in milliseconds */
  readonly tookMs: () => number;
  controller: AbortController;
  /** The error of its first try, if the gateway was overloaded. */
  overload: unknown;
  settled: boolean;
}

export function newAttempt(
  controller: AbortController,
  untilMs: number,
  holder: Holder | undefined,
  tookMs: () => number,
): Attempt {
  return {
    done: Promise.resolve(),
    version: -1,
    untilMs,
    holder,
    tookMs,
    controller,
    overload: undefined,
    settled: false,
  };
}

/** When another flush may take over from it, by `performance.now()`. */
export function overMs({ untilMs, holder }: Attempt): number {
  return Math.min(untilMs, holder?.untilMs ?? untilMs);
}

/**
 * Pushes, and retries if there is time and the push is not refused.
 *
 * @param push sends the newest snapshot and rejects if that fails
 * @param begin called before each try
 */
export async function run(
  attempt: Attempt,
  tries: number,
  background: boolean,
  push: (controller: AbortController, timeoutMs: number) => Promise<void>,
  begin: () => void,
): Promise<Failure | undefined> {
  for (;;) {
    begin();
    const leftMs = attempt.untilMs - performance.now();
    const failure = await inTime(push(attempt.controller, leftMs), leftMs, background);
    if (!failure || --tries <= 0 || isRefusal(failure.error)) return failure;
    const lastTryMs = attempt.untilMs - MIN_RETRY_MS;
    if (isOverload(failure.error)) {
      attempt.overload = failure.error;
      const pauseMs = 50 + 50 * Math.random();
      if (performance.now() + pauseMs > lastTryMs) return failure;
      await inTime(new Promise(() => undefined), pauseMs, background);
    }
    // During the pause, another push may have superseded this one, or the environment may have been frozen.
    if (attempt.settled || performance.now() > lastTryMs) return failure;
    abort(attempt);
    attempt.controller = new AbortController();
  }
}

/** Aborts the request of a push. On Workers, no request may abort what another one began, so this may throw. */
export function abort({ controller }: Attempt): void {
  try {
    controller.abort();
  } catch {
    // Nothing waits for an aborted push either way.
  }
}
