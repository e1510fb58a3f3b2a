import { guarded, type Invocation } from "@prefreeze/core/adapter";
import { batchFailures } from "./batch-failures.js";
import type { EventSource } from "../event-source.js";

/** Records into the invocation's registry at its end; the result is what the handler told of it, if anything. */
export type Measure = (invocation: Invocation, result: unknown) => void;

/** Begins to measure an invocation; undefined where this one has nothing to measure. Never throws. */
export type BeginMeasure = (event: unknown, source: EventSource) => Measure | undefined;

/**
 * Defines what a measure records into; called once an instance.
 *
 * @param alone no other invocation runs in this process
 */
export type DefineMeasure = (alone: boolean) => BeginMeasure;

let begins: readonly BeginMeasure[] = [];

/** Defines all that is measured on Lambda besides what every platform has. */
export function defineMeasures(chosen: readonly DefineMeasure[], alone: boolean): void {
  begins = [batchFailures, ...chosen].flatMap(
    // Who has a metric of such a name already keeps it, and is warned.
    (define) => guarded(() => define(alone)) ?? [],
  );
}

/** Begins all of them; what comes back ends them. */
export function beginMeasures(event: unknown, source: EventSource): Measure {
  const measures = begins.map((begin) => begin(event, source));
  return (invocation, result) => {
    for (const measure of measures) measure?.(invocation, result);
  };
}
