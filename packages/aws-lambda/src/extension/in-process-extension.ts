import { startTimer } from "@prefreeze/core/adapter";
import type { Extension } from "./extension.js";
import type { InvokeEvent } from "./extensions-api.js";

/** How long after its event an invocation may begin. If it begins later, it flushes before returning. */
const BEGIN_WITHIN_MS = 100;
/** Time left to the function when an invocation that does not end is let go. */
const DEADLINE_MARGIN_MS = 50;
const RETRY_AFTER_MS = 100;

/**
 * Asks for one event after another, each time once the invocation of the previous event is done.
 *
 * An invocation whose handler is not observed, or never settles, does not keep the environment awake until
 * it times out: it is let go after a moment, or just before its deadline.
 *
 * @param next resolves with the next event; the environment can be frozen while it is pending
 * @param notRead see `Extension`
 */
export function createExtension(
  next: () => Promise<InvokeEvent>,
  notRead?: () => string | undefined,
): Extension {
  // Usually one; more if a handler calls another handler with its own request id.
  const open = new Set<string>();
  let refusal: string | undefined;
  /** The last event had an observed handler, or there was no event yet. */
  let expecting = true;
  /** An event has arrived, and `next` was not called again yet. */
  let awake = false;
  let awakeFor: string | undefined;
  let awakeUntilMs = 0;
  let begun: string | undefined;
  let letGo: string | undefined;
  let timer: ReturnType<typeof startTimer> | undefined;

  function ask(): void {
    next()
      .then(invoked)
      .catch((error: unknown) => {
        // Nothing may wait for an extension that gets no events.
        open.clear();
        refusal = `the Extensions API failed: ${String(error)}`;
        startTimer(ask, RETRY_AFTER_MS, true);
      });
  }

  function invoked({ requestId, deadlineMs }: InvokeEvent): void {
    refusal = undefined;
    awake = true;
    awakeFor = requestId;
    // By the clock that nobody sets.
    awakeUntilMs = performance.now() + deadlineMs - Date.now() - DEADLINE_MARGIN_MS;
    // The runtime got the same event and may have read it first.
    if (open.size === 0 && (begun === requestId || !expecting)) release();
    else timer = startTimer(releaseIfDone, BEGIN_WITHIN_MS, true);
  }

  function releaseIfDone(): void {
    if (open.size === 0) release();
    else timer = startTimer(release, awakeUntilMs - performance.now(), true);
  }

  function release(): void {
    if (!awake) return;
    clearTimeout(timer);
    expecting = begun === awakeFor;
    open.clear();
    letGo = awakeFor;
    awake = false;
    ask();
  }

  ask();
  return {
    get refusal() {
      return refusal;
    },
    get notRead() {
      return notRead?.();
    },
    begin(requestId) {
      expecting = true;
      if (refusal !== undefined || requestId === letGo) return;
      begun = requestId;
      open.add(requestId);
    },
    holds: (requestId) => open.has(requestId),
    done(requestId) {
      if (open.delete(requestId) && open.size === 0) release();
    },
  };
}
