/** How many requests may be under way at once, by how fast they are answered. */
export interface Pace {
  readonly concurrency: number;
  /** Waits as long as the server needs, after so many milliseconds for some requests at once. */
  settle(tookMs: number, wasOverloaded: boolean): Promise<void>;
}

/** The most that Cloudflare Workers have open at once. */
const MOST_AT_ONCE = 6;
const SLOW_MS = 500;
const LONGEST_PAUSE_MS = 5_000;

/** Starts with two requests at once. Slow answers halve that, down to one with pauses; fast ones raise it. */
export function createPace(): Pace {
  let concurrency = 2;
  let pauseMs = 0;
  return {
    get concurrency() {
      return concurrency;
    },
    async settle(tookMs, wasOverloaded) {
      if (wasOverloaded || tookMs > SLOW_MS) {
        concurrency = Math.max(1, Math.floor(concurrency / 2));
        pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(250, pauseMs * 2, tookMs));
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      } else {
        concurrency = Math.min(MOST_AT_ONCE, concurrency + 1);
        pauseMs = 0;
      }
    },
  };
}
