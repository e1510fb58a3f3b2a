import { onTestFinished, vi } from "vitest";

/** A clock that advances only when told to, until the end of the test. */
export interface FakeClock {
  /** Lets time pass while the environment is awake. */
  pass(ms: number): Promise<void>;
  /** Freezes the environment: time passes, but no timer fires. Timers that were armed before fire late by `ms`. */
  freeze(ms: number): void;
  /** @returns how long `work` took, in milliseconds from now; undefined until it has settled */
  time(work: Promise<unknown>): () => number | undefined;
}

/** Fakes the clock, for times too long to wait for: a freeze, the breaker's pause, the expiry of a life. */
export function fakeClock(): FakeClock {
  vi.useFakeTimers({ toFake: ["Date", "performance", "setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  return {
    pass: async (ms) => void (await vi.advanceTimersByTimeAsync(ms)),
    freeze: (ms) => void vi.setSystemTime(Date.now() + ms),
    time(work) {
      const startedMs = Date.now();
      let endedMs: number | undefined;
      void work.then(() => (endedMs = Date.now()));
      return () => (endedMs === undefined ? undefined : endedMs - startedMs);
    },
  };
}
