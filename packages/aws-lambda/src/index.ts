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
export { processMetrics } from "@prefreeze/node";
export { httpMetrics } from "./measures/http-metrics.js";
export { instrument } from "./instrument.js";
export type { LambdaOptions } from "./lambda-options.js";
export type { LambdaContext } from "./event/lambda-context.js";
export type { DefineMeasure } from "./measures/measure.js";
export { resourceMetrics } from "./measures/resource-metrics.js";
