import type { Invocation } from "@prefreeze/core/adapter";
import type { EventSource } from "../event/event-source.js";

/** Records among the recordings of an invocation at its end; `result` is the handler's, if there is one. */
export type Measure = (invocation: Invocation, result: unknown) => void;

/** Begins to measure an invocation. Never throws. @returns undefined if there is nothing to measure */
export type BeginMeasure = (event: unknown, source: EventSource) => Measure | undefined;

/**
 * Defines the metrics of a measure; called once per instance.
 *
 * @param alone no other invocation runs in this process
 */
export type DefineMeasure = (alone: boolean) => BeginMeasure;
