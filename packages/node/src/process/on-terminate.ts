import { type ExitHold, holdExit } from "./hold-exit.js";
import { otherListeners } from "./other-listeners.js";

/** The listeners of every copy of this package. On the process, since other code may have frozen the global object. */
const key = Symbol.for("prefreeze/1/terminate");
type Holder = { [key]?: Set<(signal: NodeJS.Signals) => void> };

/** Under npm, one Ctrl-C comes twice, from the terminal and from npm. A second one by hand comes later. */
const SAME_SIGNAL_MS = 250;

/** A signal that asks a process to end. */
export type EndSignal = "SIGTERM" | "SIGINT";

/** How the end of a process is awaited. */
export interface TerminateOptions {
  /** The signals that end the process. Default: SIGTERM. */
  readonly signals?: readonly EndSignal[];
  /**
   * If other code ends the process later, after its open requests say, `work` is done again before that: when it
   * calls `process.exit()` or raises the signal again. A second signal by hand does not wait for the work. Default:
   * `work` is done once.
   */
  readonly again?: boolean;
}

/**
 * Runs `work` when the platform ends this process with a signal. The signal then does what it would have done
 * without us: it ends the process, unless other code listens for it, too. If that code calls `process.exit()`
 * earlier, the process exits when the work is done.
 *
 * @param withinMs how long to wait for `work`, in milliseconds
 */
export function onTerminate(
  work: () => Promise<void>,
  withinMs: number,
  { signals = ["SIGTERM"], again = false }: TerminateOptions = {},
): void {
  const ours = ((process as Holder)[key] ??= new Set());
  let alone = false;
  let last: NodeJS.Signals = "SIGTERM";
  let startedMs = -Infinity;
  let hold: ExitHold | undefined;
  /** Undefined while no work is under way. */
  let end: (() => void) | undefined;

  const start = () => {
    startedMs = performance.now();
    const timer = setTimeout(() => end?.(), withinMs);
    const ended = () => {
      if (end !== ended) return;
      end = undefined;
      clearTimeout(timer);
      // Another listener has taken the end of the process upon itself.
      if (again && !alone && !hold?.called) return;
      for (const signal of signals) process.removeListener(signal, listener);
      ours.delete(listener);
      hold?.release();
      const others = process.listeners(last).some((each) => ours.has(each));
      // Lambda's native runtime client hangs in `process.exit`.
      if (alone && !others && otherListeners(ours, last) === 0) process.kill(process.pid, last);
    };
    end = ended;
    // Work that throws, or returns no promise, is over.
    new Promise<void>((resolve) => resolve(work())).then(ended, ended);
  };

  const listener = (signal: NodeJS.Signals) => {
    last = signal;
    // Judged at the signal: later, listeners that listen once are gone. If they have raised the signal again,
    // this is called again.
    alone = otherListeners(ours, signal) === 0;
    if (end) {
      if (again && alone && performance.now() - startedMs > SAME_SIGNAL_MS) end();
      return;
    }
    hold ??= holdExit(() => {
      if (!end) start();
    });
    start();
  };
  ours.add(listener);
  // Before all other listeners, which may exit. It listens until the work is done, since packages such as
  // signal-exit end the process if nobody else listens.
  for (const signal of signals) process.prependListener(signal, listener);
}
