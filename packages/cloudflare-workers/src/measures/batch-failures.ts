import { builtIn, cellIn, initSeries } from "@prefreeze/core/adapter";
import { followBatch } from "./follow-batch.js";
import type { BeginMeasure } from "../runtime/measure.js";

/** Counts the messages of a batch that the queue delivers again, or gives up. */
export function batchFailures(): BeginMeasure {
  const failures = builtIn(
    "counter",
    "faas_batch_item_failures_total",
    "Batch items that failed.",
    ["faas_trigger"],
  );
  return (batch) => {
    const failuresIn = followBatch(batch);
    return ({ recordings, trigger, outcome }) => {
      const series = initSeries(failures, { faas_trigger: trigger });
      cellIn(recordings, series).value += failuresIn(outcome === "failed");
    };
  };
}
