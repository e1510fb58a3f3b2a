import { holdExit } from "./hold-exit.js";
import { otherListeners } from "./other-listeners.js";

/** The listeners of every copy of this package in the process. */
const key = Symbol.for("prefreeze/1/terminate");
const shared = globalThis as { [key]?: Set<() => void> };

/**
 * Runs `work` when the platform ends this process with SIGTERM. The signal then does what it would have
 * done without us: it ends the process, unless other code listens for it, too. If that code calls
 * `process.exit()` earlier, the process exits when the work is done.
 *
 * @param withinMs how long to wait for `work`, in milliseconds
 */
export function onTerminate(work: () => Promise<void>, withinMs: number): void {
  const ours = (shared[key] ??= new Set());
  let working = false;
  let alone = false;
  const listener = () => {
    // Judged at the signal: later, listeners that listen once are gone. If they have raised the signal again,
    // this is called again.
    alone = otherListeners(ours) === 0;
    if (working) return;
    working = true;
    const releaseExit = holdExit();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const time = new Promise<void>((resolve) => (timer = setTimeout(resolve, withinMs)));
    const end = () => {
      clearTimeout(timer);
      process.removeListener("SIGTERM", listener);
      ours.delete(listener);
      releaseExit();
      // Lambda's native runtime client hangs in `process.exit`.
      if (alone && otherListeners(ours) === 0 && ours.size === 0)
        process.kill(process.pid, "SIGTERM");
    };
    Promise.race([work(), time]).then(end, end);
  };
  ours.add(listener);
  // Before all other listeners, which may exit. It listens until the work is done, since packages such as
  // signal-exit end the process if nobody else listens.
  process.prependListener("SIGTERM", listener);
}
