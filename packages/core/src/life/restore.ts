import type { RecordOutcome } from "../invocation/faas-metrics.js";
import { mergeIntoTotals } from "../metrics/cells.js";
import type { Recordings } from "../metrics/scope.js";
import type { RestoredLife } from "./journal.js";

/** Takes over the totals that the previous process left, and counts the invocations that died with it. */
export function restore(left: RestoredLife, recordOutcome: RecordOutcome): void {
  left.addTotals();
  for (const died of left.died) {
    const recordings: Recordings = new Map();
    recordOutcome({ ...died, recordings, durationMs: undefined, errorType: "killed" }, "failed");
    mergeIntoTotals(recordings);
  }
}
