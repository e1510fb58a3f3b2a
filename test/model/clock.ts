interface Timer {
  readonly dueMs: number;
  readonly act: () => void;
}

/** The clock of a process, which advances only when told to. */
export interface Clock {
  readonly nowMs: number;
  /** Lets time pass while the environment is awake; timers fire when they are due. */
  pass(ms: number): Promise<void>;
  /** Freezes the environment: time passes, but no timer fires. */
  freeze(ms: number): void;
  /** Somebody sets the clock forward, or back by a negative time. `performance.now` and timers do not notice. */
  set(ms: number): void;
  /** The process is gone, and its timers with it. */
  forgetTimers(): void;
  restore(): void;
}

/**
 * Fakes `Date.now`, `performance.now` and timers, for times too long to wait for. Vitest's fake timers wait a real
 * millisecond per step, and a thousand histories have a hundred thousand steps.
 */
export function fakeClock(): Clock {
  const real = { now: Date.now, performanceNow: performance.now, setTimeout, clearTimeout };
  let nowMs = Date.UTC(2026, 0, 1);
  let setByMs = 0;
  const timers = new Map<number, Timer>();
  let armed = 0;
  Date.now = () => nowMs + setByMs;
  performance.now = () => nowMs;
  const faked = {
    setTimeout(act: () => void, forMs = 0) {
      timers.set(++armed, { act, dueMs: nowMs + forMs });
      return armed;
    },
    clearTimeout: (timer: number) => void timers.delete(timer),
  };
  Object.assign(globalThis, faked);

  function takeDue(untilMs: number): Timer | undefined {
    let first: number | undefined;
    let dueMs = untilMs;
    for (const [timer, each] of timers) {
      if (each.dueMs > dueMs || (first !== undefined && each.dueMs === dueMs)) continue;
      first = timer;
      dueMs = each.dueMs;
    }
    if (first === undefined) return undefined;
    const timer = timers.get(first);
    timers.delete(first);
    return timer;
  }

  return {
    get nowMs() {
      return nowMs;
    },
    async pass(ms) {
      const untilMs = nowMs + ms;
      await turn();
      for (let timer; (timer = takeDue(untilMs)); await turn()) {
        nowMs = Math.max(nowMs, timer.dueMs);
        timer.act();
      }
      nowMs = untilMs;
    },
    freeze(ms) {
      nowMs += ms;
    },
    set(ms) {
      setByMs += ms;
    },
    forgetTimers() {
      timers.clear();
    },
    restore() {
      Date.now = real.now;
      performance.now = real.performanceNow;
      Object.assign(globalThis, {
        setTimeout: real.setTimeout,
        clearTimeout: real.clearTimeout,
      });
    },
  };
}

/** Resolves when all promise callbacks that are due have run. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
