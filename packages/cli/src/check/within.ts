import { setTimeout as sleep } from "node:timers/promises";

/**
 * Waits for work, but no longer than the limit.
 *
 * @returns undefined if the time is up
 */
export async function within<T>(work: Promise<T>, limitMs: number): Promise<T | undefined> {
  const over = new AbortController();
  const late = sleep(limitMs, undefined, { signal: over.signal }).catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
    // Nobody waits for it any more.
    work.catch(() => undefined);
  }
}

/** As people read it: `5 s`, `300 ms`. */
export function written(milliseconds: number): string {
  return milliseconds % 1000 === 0 ? `${milliseconds / 1000} s` : `${milliseconds} ms`;
}
