/**
 * The extension inside the runtime's own process, as `register` leaves it for the wrapped handlers.
 *
 * The environment is frozen when the runtime and every extension wait for their next event. So it stays
 * awake until an invocation is `done`, which can be long after the caller has its response.
 */
export interface Extension {
  /** Why it does not keep the environment awake; undefined where it does. */
  readonly refusal: string | undefined;
  /** An invocation begins: the environment is to stay awake until it is done. */
  begin(requestId: string): void;
  /** Whether the environment stays awake until `done`. */
  holds(requestId: string): boolean;
  /** Nothing is left to do for this invocation. */
  done(requestId: string): void;
}

/** The key carries the version of what lies behind it: handler and `register` may come from two copies. */
const key = Symbol.for("prefreeze/1/extension");

const shared = globalThis as { [key]?: Extension };

/** The extension of this process; undefined where `register` did not run, or has no business here. */
export function currentExtension(): Extension | undefined {
  return shared[key];
}

/** Whether the platform took the extension: then flushes follow the response, and it tells of its end. */
export function isRegistered(): boolean {
  const extension = currentExtension();
  return extension !== undefined && extension.refusal === undefined;
}

/** Leaves an extension for the handlers to find. */
export function provideExtension(extension: Extension): void {
  shared[key] = extension;
}
