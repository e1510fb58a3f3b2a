import { currentInstance, guarded } from "@prefreeze/core/adapter";
import { batchFailures } from "./batch-failures.js";
import type { BeginMeasure, Measure } from "../runtime/measure.js";
import type { WorkerOptions } from "../runtime/worker-options.js";

let begins: readonly BeginMeasure[] | undefined;

/**
 * Begins all measures of a batch. Their metrics are defined at the first one, so a Worker without a queue has
 * none of them.
 *
 * @returns ends them
 */
export function beginMeasures(batch: unknown): Measure {
  const instance = currentInstance();
  // Inside of `recorded()`, there may be none.
  if (!instance) return () => undefined;
  const { measures = [] } = instance.options as WorkerOptions;
  begins ??= [batchFailures, ...measures].flatMap(
    // If the Worker has a metric of that name already, its own stays, with a warning.
    (define) => guarded(define) ?? [],
  );
  const ends = begins.map((begin) => guarded(() => begin(batch)));
  return (invocation) => {
    for (const measure of ends) measure?.(invocation);
  };
}
