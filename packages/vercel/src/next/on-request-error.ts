import {
  errorTypeOf,
  guarded,
  isThrownAnswer,
  mergeIntoTotals,
  type Recordings,
} from "@prefreeze/core/adapter";
import { isNoted, noteReport } from "../runtime/seen-errors.js";
import { describeCall } from "./describe-call.js";
import { renderUnderWay } from "./describe-render.js";
import { nextInstance } from "./platform.js";

const NO_OPTIONS = {};

/**
 * Counts an error that Next.js reports if no wrapper has seen it, as a failed invocation whose duration nobody
 * knows: export it from `instrumentation.ts`. What a wrapped handler threw is counted already. An error inside a
 * wrapped page or layout makes that invocation a failed one.
 */
export async function onRequestError(error: unknown, ..._more: readonly unknown[]): Promise<void> {
  await guarded(() => {
    const instance = nextInstance(NO_OPTIONS);
    if (!instance || isNoted(error)) return undefined;
    noteReport(error);
    if (renderUnderWay()?.fail(error) || isThrownAnswer(error)) return undefined;
    const recordings: Recordings = new Map();
    const errorType = errorTypeOf(error);
    instance.recordOutcome(
      { trigger: "http", recordings, coldStart: false, durationMs: undefined, errorType },
      "failed",
    );
    mergeIntoTotals(recordings);
    const flush = async () => await instance.pusher?.flusher.flush();
    return describeCall([]).keepAlive(flush, false);
  });
}
