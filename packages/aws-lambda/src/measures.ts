import { guarded, type Invocation } from "@prefreeze/core/adapter";
import { defineBatchFailures } from "./batch-failures.js";
import type { EventSource } from "./event-source.js";
import { defineHttpMetrics } from "./http-metrics.js";
import type { LambdaSettings } from "./lambda-options.js";
import { defineResourceMetrics } from "./resource-metrics.js";

/** Records into the invocation's registry at its end; the result is what the handler told of it, if anything. */
export type Measure = (invocation: Invocation, result: unknown) => void;

/** Begins to measure an invocation; undefined where this one has nothing to measure. Never throws. */
export type BeginMeasure = (event: unknown, source: EventSource) => Measure | undefined;

let begins: readonly BeginMeasure[] = [];

/**
 * Defines what is measured on Lambda alone.
 *
 * @param alone no other invocation runs in this process
 */
export function defineMeasures(settings: LambdaSettings, alone: boolean): void {
  const { httpMetrics, resourceMetrics } = settings;
  begins = [
    defineBatchFailures(),
    resourceMetrics && defineResourceMetrics(alone),
    // The name is not reserved: who has it already keeps it, and is warned.
    httpMetrics && guarded(defineHttpMetrics),
  ].filter((begin) => begin !== undefined && begin !== false);
}

/** Begins all of them; what comes back ends them. */
export function beginMeasures(event: unknown, source: EventSource): Measure {
  const measures = begins.map((begin) => begin(event, source));
  return (invocation, result) => {
    for (const measure of measures) measure?.(invocation, result);
  };
}
