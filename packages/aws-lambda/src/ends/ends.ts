import type { Observation } from "@prefreeze/core/adapter";
import { attendCallbacks } from "./callback-ends.js";
import { emptyEventLoop } from "./empty-event-loop.js";
import { watchHttpResponseStreams } from "./http-response-stream.js";
import { isResponseStream, streamEnd } from "./response-stream.js";

/** How a handler ends where its return, or its promise, is not the end. */
interface Ends {
  /** @param key of the invocation */
  readonly attend: (key: unknown, observation: Observation) => void;
  readonly over: (promised: boolean) => Promise<void> | undefined;
  /** When the runtime is about to answer an invocation that has ended; undefined: now. */
  readonly answered: () => Promise<void> | undefined;
}

/**
 * The ends of a handler: by callback and context, which runtimes up to nodejs22.x have, or with its
 * response stream.
 *
 * @param args `(event, context, callback)` or `(event, responseStream, context)`
 */
export function endsOf(args: unknown[]): Ends {
  const [, second, callback] = args;
  if (isResponseStream(second)) {
    return {
      attend: watchHttpResponseStreams,
      over: (promised) =>
        promised ? streamEnd(second) : Promise.reject(new TypeError("no promise, no stream")),
      answered: () => undefined,
    };
  }
  let waits = false;
  return {
    attend(key, observation) {
      attendCallbacks(args, key, observation, () => void (waits = true));
      // A promise that never settles is over then, too, for runtimes that hand over a callback.
      if (typeof callback === "function")
        void emptyEventLoop("end").then(() => observation.returned(undefined));
    },
    over: (promised) =>
      promised || typeof callback !== "function" ? undefined : emptyEventLoop("end"),
    answered: () => (waits ? emptyEventLoop("flush") : undefined),
  };
}
