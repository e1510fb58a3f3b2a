import { queuedChunks } from "./queued-chunks.js";

/** A response whose body is watched. */
export interface WatchedBody {
  /** Equal to the original response, whose body it reads. */
  readonly response: Response;
  /** Resolves when the body has ended, with whether its reader canceled it; rejects with the error of the body. */
  readonly over: Promise<boolean>;
  /** Its reader has gone away, as something else tells. */
  readonly left: () => void;
  /** The reader has begun; `false` if it has left without a word. */
  readonly isRead: () => boolean | undefined;
  /** For how long the reader has asked for nothing, in milliseconds; 0 while it waits for a chunk. */
  readonly idleMs: () => number;
}

/**
 * Watches the body of a response that JavaScript streams. Chunks, errors, cancellation and backpressure pass as they
 * are.
 *
 * @param original a response of which a copy is equal to it
 * @param body its body, which nobody reads yet
 * @param run runs the code of the body
 * @param beforeEnd the reader learns of the end once this has resolved; by default at once
 */
export function watchBody(
  original: Response,
  body: ReadableStream<unknown>,
  run: <R>(code: () => R) => R,
  beforeEnd?: () => Promise<unknown>,
): WatchedBody {
  const reader = body.getReader();
  const passOn = queuedChunks(() => run(() => reader.read()));
  let begun = false;
  let idleSinceMs = performance.now();
  let settle: { resolve(canceled: boolean): void; reject(error: unknown): void };
  const over = new Promise<boolean>((resolve, reject) => (settle = { resolve, reject }));
  const stream = new ReadableStream<unknown>(
    {
      async pull(controller) {
        begun = true;
        idleSinceMs = Infinity;
        try {
          const ended = await passOn((chunk) => controller.enqueue(chunk));
          idleSinceMs = performance.now();
          if (!ended) return;
          settle.resolve(false);
          if (beforeEnd) await beforeEnd();
          controller.close();
        } catch (error) {
          settle.reject(error);
          throw error;
        }
      },
      cancel(reason) {
        settle.resolve(true);
        return run(() => reader.cancel(reason));
      },
    },
    { highWaterMark: 0 },
  );
  return {
    response: new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>, original),
    over,
    left: () => settle.resolve(true),
    isRead: () => stream.locked || (begun ? false : undefined),
    idleMs: () => Math.max(performance.now() - idleSinceMs, 0),
  };
}
