import type { Observation, Occasion } from "@prefreeze/core/adapter";
import { attendCallbacks } from "./callback-ends.js";
import { emptyEventLoop } from "./empty-event-loop.js";
import { watchHttpResponseStreams } from "./http-response-stream.js";
import { isResponseStream, streamEnd } from "./response-stream.js";

/**
 * How a handler ends where its return, or its promise, is not the end: by callback and context, which
 * runtimes up to nodejs22.x have, or with its response stream.
 *
 * @param args `(event, context, callback)` or `(event, responseStream, context)`
 */
export function endsOf(args: unknown[]): Required<Pick<Occasion, "attend" | "over">> {
  const [, second, callback] = args;
  if (isResponseStream(second)) {
    return {
      attend: watchHttpResponseStreams,
      over: (promised) => (promised ? streamEnd(second) : undefined),
    };
  }
  return {
    attend: (observation: Observation) => attendCallbacks(args, observation),
    over: (promised) => (promised || typeof callback !== "function" ? undefined : emptyEventLoop()),
  };
}
