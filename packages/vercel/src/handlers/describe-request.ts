import {
  countCanceled,
  type InvocationDescriptor,
  isThrownAnswer,
  type Observation,
  watchDeadline,
} from "@prefreeze/core/adapter";
import { noteWaitUntil } from "../runtime/flush-mode.js";
import { requestContext } from "../runtime/request-context.js";
import { noteError } from "../runtime/seen-errors.js";
import { isNodeResponse, nodeResponse } from "./node-response.js";
import { webResponse } from "./web-response.js";

/**
 * Describes one call of a Vercel function: `(request)` or `(request, event)` with a `Response` as its result,
 * or `(req, res)`.
 *
 * @param event holds `waitUntil` if the request context does not; default: the second argument
 */
export function describeRequest(
  [request, second]: readonly unknown[],
  event: unknown = second,
): InvocationDescriptor {
  const { waitUntil, deadlineMs, header } = requestContext(event);
  noteWaitUntil(waitUntil !== undefined);
  const remainingMs = deadlineMs === undefined ? 0 : deadlineMs - Date.now();
  const isNode = isNodeResponse(second);
  let observation: Observation;
  let unwatch: (() => void) | undefined;
  let answered = false;
  let flushed: Promise<void> | undefined;
  let end: Promise<unknown> | undefined;
  /** By the second `then`, the flush has begun. */
  const ended = () =>
    Promise.resolve(end)
      .catch(() => undefined)
      .then(() => flushed);
  const response = isNode
    ? nodeResponse(second)
    : webResponse(() => observation, waitUntil ? undefined : ended);
  const hold = (promise: Promise<unknown>) => {
    try {
      waitUntil?.(promise);
      return waitUntil !== undefined;
    } catch {
      return false;
    }
  };
  // An error can end the process, and `waitUntil` does not prevent that. Without a framework, whatever a
  // `(req, res)` handler throws does.
  const waits = (threw: boolean) => !waitUntil || (threw && !(answered && !isNode));
  return {
    ...response,
    // The request stays unread, since reading it would make a static Next.js route dynamic.
    // A server action may get the same text or number twice at once.
    key: Object(request),
    id: header("x-vercel-id") ?? crypto.randomUUID(),
    trigger: header("x-vercel-cron") ? "timer" : "http",
    // One that has passed is not this request's.
    deadlineMs: remainingMs > 0 ? deadlineMs : undefined,
    started(begun) {
      observation = begun;
      if (remainingMs > 0) unwatch = watchDeadline(begun, remainingMs);
    },
    // The framework around the handler makes a response of it.
    isAnswer(thrown) {
      noteError(thrown);
      return (answered = isThrownAnswer(thrown));
    },
    completion(promised) {
      end = response.completion?.(promised);
      // The function may freeze as soon as its response has ended.
      if (end) hold(ended());
      return end;
    },
    collect(invocation) {
      unwatch?.();
      countCanceled(invocation, response.isCanceled() && invocation.outcome === "succeeded");
    },
    flushesAtOnce: (threw) => waits(threw),
    keepAlive(flush, threw) {
      flushed = flush();
      const isHeld = hold(flushed);
      return isHeld && !waits(threw) ? undefined : flushed;
    },
  };
}
