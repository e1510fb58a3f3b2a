/** More pushes without an end than any platform gives up before one is acknowledged. */
const MAX_OPEN = 100;

/**
 * The pushes of one life that the gateway may have applied, or may still apply, by their sequence numbers.
 *
 * Snapshots are cumulative: what is acknowledged contains all that earlier pushes carried, so it resolves them.
 */
export interface InDoubt {
  readonly any: boolean;
  /** At least one of them may still end, by an answer or an error. */
  readonly anyOpen: boolean;
  /** When a push last ended in doubt, in milliseconds since 1970. It may still be applied for a while. */
  readonly lastMs: number;
  /** From now on, the push is in doubt. */
  sent(sequence: number): void;
  /** The push was certainly not applied. */
  notApplied(sequence: number): void;
  /** Nothing more will be known of this push: only an acknowledgement of it, or of a later one, resolves it. */
  unanswered(sequence: number): void;
  /** The push was acknowledged. @returns false if a later one is acknowledged already */
  acknowledged(sequence: number): boolean;
}

/** @param upTo the newest push of another process that is in doubt; 0 if there is none */
export function createInDoubt(upTo: number): InDoubt {
  /** Pushes that have no end yet, oldest first. */
  const open = new Set<number>();
  let unanswered = upTo;
  let acknowledged = 0;
  let lastMs = upTo > 0 ? Date.now() : 0;
  return {
    get any() {
      return open.size > 0 || unanswered > acknowledged;
    },
    get anyOpen() {
      return open.size > 0;
    },
    get lastMs() {
      return lastMs;
    },
    sent(sequence) {
      open.add(sequence);
      if (open.size <= MAX_OPEN) return;
      const [oldest] = open;
      open.delete(oldest!);
      unanswered = Math.max(unanswered, oldest!);
    },
    notApplied: (sequence) => void open.delete(sequence),
    unanswered(sequence) {
      open.delete(sequence);
      unanswered = Math.max(unanswered, sequence);
      lastMs = Date.now();
    },
    acknowledged(sequence) {
      if (sequence < acknowledged) return false;
      acknowledged = sequence;
      open.delete(sequence);
      for (const each of open) {
        if (each > sequence) continue;
        open.delete(each);
        // It was given up, and may still be applied over this one.
        lastMs = Date.now();
      }
      return true;
    },
  };
}
