import { onTestFinished, vi } from "vitest";

/** A clock that moves only when it is told to, until the end of the test. */
export interface FakeClock {
  /** The environment is awake for this long. */
  pass(ms: number): Promise<void>;
  /** The environment is frozen: time passes, no timer fires, and timers that were set before are late. */
  freeze(ms: number): void;
  /** Measures how long work takes, in milliseconds. @returns undefined while the work is not done */
  time(work: Promise<unknown>): () => number | undefined;
}

/** Fakes the clock, since no test can wait for a freeze, a pause of a minute, or an expiry after ten. */
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
