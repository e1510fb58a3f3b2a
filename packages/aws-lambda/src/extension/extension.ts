/**
 * The extension inside the runtime's own process, which `register` provides for the wrapped handlers.
 *
 * The environment is frozen when the runtime and all extensions wait for their next event. So it stays
 * awake until an invocation is `done`, which can be long after the caller has its response.
 */
export interface Extension {
  /** Why it does not keep the environment awake; undefined if it does. */
  readonly refusal: string | undefined;
  /** What was wrong with an answer of Lambda, if its events come by `node:http` since then. */
  readonly notRead?: string | undefined;
  /** An invocation begins, and the environment must stay awake until it is done. */
  begin(requestId: string): void;
  /** Whether the environment stays awake until `done`. */
  holds(requestId: string): boolean;
  /** Nothing is left to do for the invocation. */
  done(requestId: string): void;
}

/** The version in the key stands for the interface behind it: handler and `register` may come from two copies. */
const key = Symbol.for("prefreeze/1/extension");

/** On the process, since other code may have frozen the global object. */
type Holder = { [key]?: Extension };

/** The extension of this process. @returns undefined if `register` did not run, or runs outside Lambda */
export function currentExtension(): Extension | undefined {
  return (process as Holder)[key];
}

/** Whether Lambda accepted the extension: then flushes follow the response, and shutdown is announced. */
export function isRegistered(): boolean {
  const extension = currentExtension();
  return extension !== undefined && extension.refusal === undefined;
}

/** Provides the extension to the handlers. */
export function provideExtension(extension: Extension): void {
  (process as Holder)[key] = extension;
}
