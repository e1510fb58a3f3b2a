import { reasonOf } from "../runtime/reason.js";
import { startTimer } from "../runtime/timer.js";

/** A push shows this often that its request has not ended. */
const BEAT_MS = 250;
/** A push that has not shown it for this long is taken over. */
const SILENCE_MS = 4 * BEAT_MS;

/** So many requests wait for the end of a window; what the others have recorded is pushed with theirs. */
const WAITING = 8;

/** The requests that wait for the end of a window. */
interface Watch {
  readonly sinceMs: number;
  waiting: number;
  /** The version of the totals that those rely on who do not wait. */
  version: number;
}

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
   *
   * @param pauseMs how long it is too soon for another push, for the gateway's sake, in milliseconds
   * @param giveUpMs when the caller gives up, by `performance.now()`
   * @returns the version of the totals that others rely on the caller to push
   */
  turn(pauseMs: number, giveUpMs: number, background: boolean): Promise<number>;
  /** Whether enough requests wait for their turn, so that the caller can rely on them to push this version. */
  isCovered(version: number): boolean;
  /** The reason of a push whose request has ended. */
  readonly ended: string;
  /** Only the request that pushed may send nothing more, by a limit of Workers: another one may. */
  isOfRequest(error: unknown): boolean;
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
  let holder: Holder | undefined;
  const nobody: Watch = { sinceMs: -Infinity, waiting: 0, version: -1 };
  let watch = nobody;
  // One that waits longer than the window is one whose request has ended.
  const isOver = () => performance.now() - watch.sinceMs > windowMs;
  return {
    longestMs,
    ended: "the request that pushed has ended",
    isOfRequest: (error) => /too many subrequests/i.test(reasonOf(error)),
    turn(pauseMs, giveUpMs, background) {
      // Clocks of two requests may differ.
      const sinceMs = Math.max(performance.now() - beganMs, 0);
      // While a push is under way, one window follows the other.
      const leftMs = windowMs - (holder?.released === false ? sinceMs % windowMs : sinceMs);
      if (isOver()) watch = { sinceMs: performance.now(), waiting: 0, version: -1 };
      const mine = watch;
      mine.waiting++;
      // Timers count whole milliseconds.
      const waitMs = Math.min(Math.max(leftMs, pauseMs + 1), giveUpMs - performance.now());
      return new Promise((resolve) => {
        startTimer(
          () => {
            // From the first push on, those that come wait for another one.
            if (watch === mine) watch = nobody;
            resolve(mine.version);
          },
          waitMs,
          background,
        );
      });
    },
    isCovered(version) {
      if (watch.waiting < WAITING || isOver()) return false;
      watch.version = version;
      return true;
    },
    begin() {
      beganMs = performance.now();
      const own = { untilMs: beganMs + SILENCE_MS, released: false };
      const beat = () => {
        if (own.released) return;
        own.untilMs = performance.now() + SILENCE_MS;
        startTimer(beat, BEAT_MS, true);
      };
      // No timer is cleared, since another request may settle the push.
      startTimer(beat, BEAT_MS, true);
      return (holder = own);
    },
  };
}
