import type { Pieces } from "./state-store.js";

/** Called when everything up to a moment is on disk, or with the reason why it is not. */
export type Durable = (error?: Error) => void;

/** Brings changes to disk, many in one transaction. */
export interface Commits {
  /** Calls back once all that has changed by now is on disk, or cannot be written. */
  whenDurable(done: Durable): void;
  /** Resolves once all that has changed by now is on disk. */
  durable(): Promise<void>;
}

/**
 * One transaction runs at a time. The next one takes everything that changed meanwhile.
 *
 * @param takeChanges the pieces that changed since the last call
 * @param write writes pieces in one transaction
 * @param ended called after each transaction
 */
export function createCommits(
  takeChanges: () => Pieces,
  write: (pieces: Pieces) => Promise<void>,
  ended: (durationMs: number, error: Error | undefined) => void,
): Commits {
  /** What a transaction that failed would have written. */
  let unsaved: Map<string, Uint8Array | undefined> | undefined;
  let waiting: Durable[] = [];
  let isRunning = false;

  function whenDurable(done: Durable): void {
    waiting.push(done);
    if (isRunning) return;
    isRunning = true;
    // By then, all requests that have arrived with this one have been read.
    setImmediate(() => void run());
  }

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      const served = waiting;
      waiting = [];
      const error = await commit();
      for (const done of served) done(error);
    }
    isRunning = false;
  }

  async function commit(): Promise<Error | undefined> {
    let pieces = takeChanges();
    if (unsaved) {
      for (const [key, piece] of pieces) unsaved.set(key, piece);
      pieces = unsaved;
    }
    if (pieces.size === 0) return undefined;
    const startedMs = performance.now();
    let error: Error | undefined;
    try {
      await write(pieces);
      unsaved = undefined;
    } catch (reason) {
      unsaved = new Map(pieces);
      error = reason instanceof Error ? reason : new Error(String(reason));
    }
    ended(performance.now() - startedMs, error);
    return error;
  }

  return {
    whenDurable,
    durable: () =>
      new Promise((resolve, reject) => {
        whenDurable((error) => (error ? reject(error) : resolve()));
      }),
  };
}
