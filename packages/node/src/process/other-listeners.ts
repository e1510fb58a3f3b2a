/**
 * How many listeners for a signal leave the end of the process to themselves. Those of the package signal-exit
 * do not: they raise the signal again once they are alone.
 *
 * Source: signal-exit 3 and 4, which count their own listeners in these places
 *
 * @param ours the listeners of this package
 */
export function otherListeners(ours: ReadonlySet<unknown>, signal: NodeJS.Signals): number {
  const { __signal_exit_emitter__: version3 } = process as {
    readonly __signal_exit_emitter__?: Emitter;
  };
  const { [version4]: emitter } = globalThis as { readonly [version4]?: Emitter };
  const listeners = process.listeners(signal).filter((listener) => !ours.has(listener));
  return listeners.length - countOf(version3) - countOf(emitter);
}

interface Emitter {
  readonly count?: number;
}

const version4 = Symbol.for("signal-exit emitter");

function countOf(emitter: Emitter | undefined): number {
  return Number(emitter?.count) || 0;
}
