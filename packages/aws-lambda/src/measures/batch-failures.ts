import { builtIn, cellIn, initSeries } from "@prefreeze/core/adapter";
import type { BeginMeasure } from "./measure.js";
import { readProperty } from "../event/read-property.js";

/**
 * Counts the items of a batch that the result names as failed. The invocation itself has succeeded, even
 * if all items failed: that is how Lambda sees it.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 */
export function batchFailures(): BeginMeasure {
  const failures = builtIn(
    "counter",
    "faas_batch_item_failures_total",
    "Batch items that failed.",
    ["faas_trigger"],
  );
  return (_event, { batch }) =>
    batch
      ? ({ recordings, trigger }, result) => {
          const items = readProperty(result, "batchItemFailures");
          const count = Array.isArray(items) && readProperty(items, "length");
          if (Number.isInteger(count))
            cellIn(recordings, initSeries(failures, { faas_trigger: trigger })).value +=
              count as number;
        }
      : undefined;
}
