/** What ends the life of the instance in this thread; never rejects. */
type ThreadEnd = () => Promise<void>;

/** The key carries the version of what lies behind it: handler and preload come from two copies. */
const key = Symbol.for("prefreeze/1/thread-end");

const shared = globalThis as { [key]?: ThreadEnd };

/** Undefined where no handler is wrapped. */
export function currentThreadEnd(): ThreadEnd | undefined {
  return shared[key];
}

/** Leaves it for the preload to find, which hears of the shutdown. */
export function provideThreadEnd(end: ThreadEnd): void {
  shared[key] = end;
}
