export {
  counter,
  currentInvocation,
  explain,
  gauge,
  histogram,
  onInvocation,
  recorded,
} from "@prefreeze/core";
export type {
  Counter,
  CounterChild,
  CurrentInvocation,
  FlushInterval,
  Format,
  Gauge,
  GaugeAggregate,
  GaugeChild,
  GaugeOptions,
  HeadersSource,
  Histogram,
  HistogramChild,
  HistogramOptions,
  InvocationRecord,
  Labels,
  LabelValue,
  MetricOptions,
  MetricType,
  Options,
  Outcome,
  RecordedMetrics,
  RecordedSeries,
  Transport,
  TransportRequest,
  TransportResponse,
  Trigger,
} from "@prefreeze/core";
export {
  type DurableObjectClass,
  instrumentDurableObject,
  type PlainDurableObjectClass,
} from "./classes/durable-object.js";
export { type EntrypointClass, instrumentEntrypoint } from "./classes/entrypoint.js";
export { instrumentWorkflow, type WorkflowClass } from "./classes/workflow.js";
export { type AnyHandlers, instrument, type WorkerHandlers } from "./instrument.js";
export { queueBacklog } from "./measures/queue-backlog.js";
export type { DefineMeasure } from "./runtime/measure.js";
export type { WorkerContext } from "./runtime/worker-context.js";
export type { WorkerOptions } from "./runtime/worker-options.js";
export type { TailItem } from "./tail/tail-item.js";
export { tailMetrics } from "./tail/tail-metrics.js";
