import { onTestFinished, vi } from "vitest";

/** A clock that goes on when it is told to, until the end of the test. */
export interface FakeClock {
  /** The environment is awake for so long. */
  pass(ms: number): Promise<void>;
  /** It is frozen: the time goes on, and no timer tells. Those that were armed before are late by that. */
  freeze(ms: number): void;
  /** Tells after how long work has ended, in milliseconds from now; undefined before that. */
  time(work: Promise<unknown>): () => number | undefined;
}

/** Fakes the clock, as it cannot be waited for: a freeze, a minute's pause, a lease of ten. */
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
