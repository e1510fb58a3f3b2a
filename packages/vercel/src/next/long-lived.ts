import { currentInstance, endLife, guarded, invocations } from "@prefreeze/core/adapter";
import { flushWithin, onTerminate } from "@prefreeze/node";

/** How soon a server that goes on pushes what a request has recorded, in milliseconds. */
export const FLUSH_WITHIN_MS = 1_000;
/** How long SIGTERM waits for running requests and the last push, in milliseconds. */
const TERMINATION_MS = 5_000;

let terminating = false;

/** The process outlives its requests and announces its end, so nothing waits for a push. */
export function isLongLived(): boolean {
  const platform = currentInstance()?.platform;
  return platform?.flushesAtEnd === true && platform.freezes !== true;
}

/** Pushes within a second, and again after a push that failed; at once after SIGTERM. */
export function flushSoon(): void {
  const flusher = currentInstance()?.pusher?.flusher;
  if (!flusher) return;
  flushWithin(terminating ? 0 : FLUSH_WITHIN_MS, async () => {
    await flusher.flush(undefined, true);
    if (flusher.pending) flushSoon();
  });
}

/** After SIGTERM, waits until the running requests have ended, and pushes what they recorded. */
export function flushAtTermination(): void {
  guarded(() =>
    onTerminate(
      async () => {
        terminating = true;
        const untilMs = Date.now() + TERMINATION_MS;
        const pusher = currentInstance()?.pusher;
        if (!pusher) return;
        void pusher.flusher.flush(untilMs, true);
        await allEnded();
        await endLife(pusher, untilMs);
      },
      TERMINATION_MS,
      // A request that takes longer ends before Next.js lets the process exit.
      { again: true },
    ),
  );
}

async function allEnded(): Promise<void> {
  const { running, listeners } = invocations;
  const isOver = () => [...running.values()].every(({ ended }) => ended);
  if (isOver()) return;
  await new Promise<void>((resolve) => {
    const listener = async () => {
      // Notified before the invocation that ends has its outcome merged.
      await Promise.resolve();
      if (!isOver()) return;
      listeners.delete(listener);
      resolve();
    };
    listeners.add(listener);
  });
}
