/** Ends the life of this thread's instance. Never rejects. @returns the pusher whose life has ended */
type ThreadEnd = () => Promise<unknown>;

/** The version in the key stands for the interface behind it: handler and preload come from two copies. */
const key = Symbol.for("prefreeze/1/thread-end");

/** On the process, since other code may have frozen the global object. */
type Holder = { [key]?: ThreadEnd };

/** @returns undefined if no handler is wrapped */
export function currentThreadEnd(): ThreadEnd | undefined {
  return (process as Holder)[key];
}

/** Provides it to the preload, which learns of the shutdown. */
export function provideThreadEnd(end: ThreadEnd): void {
  (process as Holder)[key] = end;
}
