import { appear, builtIn, cellIn } from "@prefreeze/core/adapter";
import type { BeginMeasure } from "./measures.js";
import { readProperty } from "./read-property.js";

/**
 * Counts the items of a batch that a result names as failed. The invocation itself has succeeded, also
 * where it names all of them: Lambda takes it so.
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
      ? ({ registry, trigger }, result) => {
          const items = readProperty(result, "batchItemFailures");
          const count = Array.isArray(items) && readProperty(items, "length");
          if (Number.isInteger(count))
            cellIn(registry, appear(failures, { faas_trigger: trigger })).value += count as number;
        }
      : undefined;
}
