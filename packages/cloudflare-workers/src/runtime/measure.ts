import type { Invocation } from "@prefreeze/core/adapter";

/** Records among the recordings of an invocation at its end. */
export type Measure = (invocation: Invocation) => void;

/** Begins to measure a batch of a queue. @returns undefined if nothing is left to do at its end */
export type BeginMeasure = (batch: unknown) => Measure | undefined;

/** Defines the metrics of a measure; called once per isolate. */
export type DefineMeasure = () => BeginMeasure;
