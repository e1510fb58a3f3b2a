import { stopwatch } from "../runtime/stopwatch.js";

/** More pushes than any platform gives up before one is acknowledged. */
const MOST = 100;

/**
 * The pushes of one life that the gateway may have applied, or may still apply, by their sequence numbers.
 *
 * Snapshots are cumulative: what is acknowledged contains all that earlier pushes carried, so it resolves them,
 * unless they carried a metric that it leaves out.
 */
export interface InDoubt {
  readonly any: boolean;
  /** At least one of them may still end, by an answer or an error. */
  readonly anyOpen: boolean;
  /** Time since a push last ended in doubt, in milliseconds. It may still be applied for a while. */
  sinceLastMs(): number;
  /** From now on, the push is in doubt. */
  sent(sequence: number): void;
  /** The push was certainly not applied. */
  notApplied(sequence: number): void;
  /** Nothing more will be known of this push: only an acknowledgement of it, or of a later one, resolves it. */
  unanswered(sequence: number): void;
  /** Pushes after this one leave out a metric that it and earlier ones may have carried. */
  leftOutAfter(sequence: number): void;
  /**
   * The push was acknowledged.
   *
   * @param whole it left out no metric
   * @returns false if a later one is acknowledged already
   */
  acknowledged(sequence: number, whole: boolean): boolean;
}

/**
 * @param upTo the newest push of another process that is in doubt; 0 if there is none
 * @param mayFreeze false if the environment is never frozen
 */
export function createInDoubt(upTo: number, mayFreeze = true): InDoubt {
  /** Whether each may still end, oldest first. */
  const pushes = new Map<number, boolean>();
  if (upTo > 0) pushes.set(upTo, false);
  let wholeUpTo = 0;
  let acknowledged = 0;
  let sinceLastMs = upTo > 0 ? stopwatch(mayFreeze) : () => Infinity;
  return {
    get any() {
      return pushes.size > 0;
    },
    get anyOpen() {
      return [...pushes.values()].includes(true);
    },
    sinceLastMs: () => sinceLastMs(),
    sent(sequence) {
      pushes.set(sequence, true);
      if (pushes.size <= MOST) return;
      // What resolves the oldest one, and the newest, resolves all between them.
      const [oldest, second] = pushes.keys();
      pushes.set(oldest!, false).delete(second!);
    },
    notApplied(sequence) {
      if (pushes.get(sequence)) pushes.delete(sequence);
    },
    unanswered(sequence) {
      if (pushes.has(sequence)) pushes.set(sequence, false);
      sinceLastMs = stopwatch(mayFreeze);
    },
    leftOutAfter(sequence) {
      wholeUpTo = sequence;
    },
    acknowledged(sequence, whole) {
      if (sequence < acknowledged) return false;
      acknowledged = sequence;
      pushes.delete(sequence);
      for (const [each, open] of pushes) {
        if (each > sequence || (each <= wholeUpTo && !whole)) continue;
        pushes.delete(each);
        // It was given up, and may still be applied over this one.
        if (open) sinceLastMs = stopwatch(mayFreeze);
      }
      return true;
    },
  };
}
