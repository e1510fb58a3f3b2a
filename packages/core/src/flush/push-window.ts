import { startTimer } from "../runtime/timer.js";

/** A push shows this often that its request has not ended. */
const BEAT_MS = 250;
/** A push that has not shown it for this long is taken over. */
const SILENCE_MS = 4 * BEAT_MS;

/** Shows whether the request that makes a push still runs. */
export interface Holder {
  /** Until then, the request is taken for running, by `performance.now()`. */
  untilMs: number;
  /** The push has settled. */
  released: boolean;
}

/**
 * How the concurrent requests of an isolate share pushes. What a request has begun ends with it: its timers never
 * fire then, and what it waits for never arrives.
 */
export interface PushWindow {
  /** Longest time for a flush in milliseconds, since the runtime ends what takes longer. */
  readonly longestMs: number;
  /**
   * Waits in the caller's own request until it may push: for a moment, so that its response goes first, or, if a
   * push began within the window, until the window is over.
   */
  turn(background: boolean): Promise<void>;
  /** A push begins, and with it the next window. */
  begin(): Holder;
}

/**
 * Creates a window: a flush pushes at once if no push began within the window before it. All that come
 * within the window share one push when it is over.
 *
 * @param windowMs length of the window, in milliseconds
 * @param longestMs longest time for a flush, in milliseconds
 */
export function createPushWindow(windowMs: number, longestMs: number): PushWindow {
  let beganMs = -Infinity;
  return {
    longestMs,
    turn(background) {
      // Clocks of two requests may differ.
      const leftMs = Math.min(beganMs + windowMs - performance.now(), windowMs);
      return new Promise((resolve) => void startTimer(resolve, leftMs, background));
    },
    begin() {
      beganMs = performance.now();
      const holder = { untilMs: beganMs + SILENCE_MS, released: false };
      const beat = () => {
        if (holder.released) return;
        holder.untilMs = performance.now() + SILENCE_MS;
        startTimer(beat, BEAT_MS, true);
      };
      // No timer is cleared, since another request may settle the push.
      startTimer(beat, BEAT_MS, true);
      return holder;
    },
  };
}
