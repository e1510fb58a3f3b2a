import {
  bodyEnd,
  countCanceled,
  errorTypeOfResponse,
  type InvocationDescriptor,
  type Observation,
  watchBody,
  type WatchedBody,
} from "@prefreeze/core/adapter";
import { onClientGone } from "../response/client-gone.js";
import { streamedBody } from "../response/streamed-body.js";
import { inContext } from "./in-context.js";

/** Describes a request: `(request, env, ctx)`. It lasts until the body of its response has ended. */
export function describeFetch([request, , ctx]: readonly unknown[]): InvocationDescriptor {
  const held = inContext(ctx);
  let observation: Observation;
  let body: WatchedBody | undefined;
  let canceled = false;
  let flushed: Promise<void> | undefined;
  return {
    ...held,
    id: (request as Request).headers.get("cf-ray") ?? crypto.randomUUID(),
    trigger: "http",
    detached: true,
    started(begun) {
      observation = begun;
      onClientGone(request as Request, () => {
        // A body that waits for its next chunk may not be canceled.
        if (body) return body.left();
        canceled = true;
        void observation.returned(undefined);
      });
    },
    passOn(result) {
      if (observation.isSettled() || !(result instanceof Response)) return undefined;
      const streamed = streamedBody(result);
      if (!streamed) return undefined;
      body = watchBody(result, streamed, (code) => observation.run(code));
      return body.response;
    },
    completion() {
      if (!body) return undefined;
      void observation.soFar(false);
      const over = bodyEnd(body, () => void observation.soFar(true)).then(
        (left) => void (canceled = left),
      );
      // By the second `then`, the flush has begun.
      void held.keepAlive(() => over.catch(() => undefined).then(() => flushed), false);
      return over;
    },
    // The client then gets 500.
    failureIn(response) {
      if (!canceled && !(response instanceof Response)) return "NoResponse";
      return errorTypeOfResponse(response);
    },
    collect(invocation) {
      countCanceled(invocation, canceled && invocation.outcome === "succeeded");
    },
    keepAlive(flush, threw) {
      if (!body) return held.keepAlive(flush, threw);
      flushed = flush();
      return undefined;
    },
  };
}
