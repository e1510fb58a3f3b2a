import { onTestFinished, vi } from "vitest";

/** A clock that advances only when told to, until the end of the test. */
export interface FakeClock {
  /** Lets time pass while the environment is awake. */
  pass(ms: number): Promise<void>;
  /**
   * Freezes the environment: time passes, but no timer fires. Timers that were armed before fire late by `ms`.
   *
   * @param standsStill the clock that nobody sets is frozen, too
   */
  freeze(ms: number, standsStill?: boolean): void;
  /** Somebody sets the clock forward, or back by a negative time. */
  set(ms: number): void;
  /** @returns how long `work` took, in milliseconds from now; undefined until it has settled */
  time(work: Promise<unknown>): () => number | undefined;
}

/**
 * Fakes the clock, for times too long to wait for: a freeze, the breaker's pause, the expiry of a life.
 *
 * @param timers fakes timers, too; otherwise they are real, and the clock stands still between freezes
 */
export function fakeClock(timers = true): FakeClock {
  vi.useFakeTimers({
    toFake: ["Date", "performance", ...(timers ? (["setTimeout", "clearTimeout"] as const) : [])],
  });
  onTestFinished(() => void vi.useRealTimers());
  const set = (ms: number) => void vi.setSystemTime(Date.now() + ms);
  let frozenMs = 0;
  const awakeMs = performance.now.bind(performance);
  performance.now = () => awakeMs() + frozenMs;
  return {
    pass: async (ms) => void (await vi.advanceTimersByTimeAsync(ms)),
    freeze(ms, standsStill = false) {
      if (!standsStill) frozenMs += ms;
      set(ms);
    },
    set,
    time(work) {
      const startedMs = performance.now();
      let endedMs: number | undefined;
      void work.then(() => (endedMs = performance.now()));
      return () => (endedMs === undefined ? undefined : endedMs - startedMs);
    },
  };
}
