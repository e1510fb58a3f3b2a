import { guarded } from "@prefreeze/core/adapter";
import type { EventSource } from "../event/event-source.js";
import { batchFailures } from "./batch-failures.js";
import type { BeginMeasure, DefineMeasure, Measure } from "./measure.js";

let begins: readonly BeginMeasure[] = [];

/** Defines everything that is measured on Lambda beyond what every platform measures. */
export function defineMeasures(chosen: readonly DefineMeasure[], alone: boolean): void {
  begins = [batchFailures, ...chosen].flatMap(
    // If the function has a metric of that name already, its own stays, with a warning.
    (define) => guarded(() => define(alone)) ?? [],
  );
}

/** Begins all measures of an invocation. @returns ends them */
export function beginMeasures(event: unknown, source: EventSource): Measure {
  const measures = begins.map((begin) => begin(event, source));
  return (invocation, result) => {
    for (const measure of measures) measure?.(invocation, result);
  };
}
