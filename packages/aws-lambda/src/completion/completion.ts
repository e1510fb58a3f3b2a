import type { Observation } from "@prefreeze/core/adapter";
import { replaceCallbacks } from "./callbacks.js";
import { emptyEventLoop } from "./empty-event-loop.js";
import { watchHttpResponseStreams } from "./http-response-stream.js";
import { isResponseStream, streamEnd } from "./response-stream.js";

/** How an invocation is completed if neither the handler's return nor its promise is the end. */
interface Completion {
  /** The runtime offers the handler nothing but its return to answer with. */
  readonly takesPromise: boolean;
  readonly started: (observation: Observation) => void;
  readonly completion: (promised: boolean) => Promise<void> | undefined;
  /** Resolves when the runtime is about to answer an invocation that has ended; undefined if that is now. */
  readonly answered: () => Promise<void> | undefined;
}

/**
 * Tells how an invocation is completed: by a callback or the context's methods, which runtimes up to
 * nodejs22.x have, or with the end of its response stream.
 *
 * @param args `(event, context, callback)` or `(event, responseStream, context)`
 */
export function completionOf(args: unknown[]): Completion {
  const [, second, callback] = args;
  if (isResponseStream(second)) {
    return {
      takesPromise: false,
      started: watchHttpResponseStreams,
      completion: (promised) =>
        promised ? streamEnd(second) : Promise.reject(new TypeError("no promise, no stream")),
      answered: () => undefined,
    };
  }
  let waits = false;
  const { done } = Object(second) as { readonly done?: unknown };
  return {
    takesPromise: typeof callback !== "function" && typeof done !== "function",
    started(observation) {
      replaceCallbacks(args, observation, () => void (waits = true));
      // If the runtime passes a callback, a promise that never settles is given up then, too.
      if (typeof callback === "function")
        void emptyEventLoop("end").then(() => observation.returned(undefined));
    },
    completion: (promised) =>
      promised || typeof callback !== "function" ? undefined : emptyEventLoop("end"),
    answered: () => (waits ? emptyEventLoop("flush") : undefined),
  };
}
