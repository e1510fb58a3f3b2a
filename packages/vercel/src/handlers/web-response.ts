import {
  bodyEnd,
  errorTypeOfResponse,
  type Observation,
  watchBody,
  type WatchedBody,
} from "@prefreeze/core/adapter";
import { isEdgeRuntime } from "../runtime/platform.js";
import { isStillRead } from "../response/reader-left.js";
import { isCopyable, streamedBody } from "../response/streamed-body.js";
import { watchStream } from "../response/watch-stream.js";
import type { ResponseEnd } from "./response-end.js";

/**
 * How an invocation ends if it returns a `Response`: when the body of the response has ended.
 *
 * @param observation the invocation
 * @param beforeEnd the body's reader learns of its end once this has resolved; by default at once
 */
export function webResponse(
  observation: () => Observation,
  beforeEnd?: () => Promise<unknown>,
): ResponseEnd {
  let body: Omit<WatchedBody, "response"> | undefined;
  let canceled = false;
  return {
    isCanceled: () => canceled,
    failureIn: errorTypeOfResponse,
    detached: true,
    passOn(result) {
      if (!(result instanceof Response) || observation().isSettled()) return undefined;
      const streamed = streamedBody(result);
      if (!streamed) return undefined;
      const run = <R>(code: () => R): R => observation().run(code);
      // A copy passes on each chunk by itself, which takes time. Yet it sees every reader, however it reads.
      const isCopied = (beforeEnd !== undefined || isEdgeRuntime()) && isCopyable(result);
      if (!isCopied) {
        body = watchStream(streamed, run, beforeEnd);
        return undefined;
      }
      const watched = watchBody(result, streamed, run, beforeEnd);
      body = watched;
      return watched.response;
    },
    completion() {
      const watched = body;
      if (!watched) return undefined;
      void observation().soFar(false);
      const { over } = watched;
      return bodyEnd(
        { over, isRead: () => isStillRead(watched) },
        () => void observation().soFar(true),
      ).then((left) => void (canceled = left));
    },
  };
}
