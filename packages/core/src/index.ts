export { counter, type Counter, type CounterChild } from "./metrics/counter.js";
export { currentInvocation, type CurrentInvocation } from "./invocation/current-invocation.js";
export type { MetricOptions } from "./metrics/define.js";
export { explain } from "./instance/explain.js";
export type { FlushInterval } from "./flush/backoff.js";
export type { Format } from "./exposition/format.js";
export { gauge, type Gauge, type GaugeChild, type GaugeOptions } from "./metrics/gauge.js";
export {
  histogram,
  type Histogram,
  type HistogramChild,
  type HistogramOptions,
} from "./metrics/histogram.js";
export type { Outcome, Trigger } from "./invocation/vocabulary.js";
export type { GaugeAggregate, MetricType } from "./metrics/metric.js";
export { onInvocation } from "./invocation/on-invocation.js";
export type { HeadersSource } from "./target/pushgateway.js";
export type {
  InvocationRecord,
  RecordedMetrics,
  RecordedSeries,
} from "./invocation/invocation-record.js";
export { recorded } from "./instrument/record-for-test.js";
export type { Labels, LabelValue } from "./metrics/series.js";
export type { Options } from "./instance/options.js";
export type { Transport, TransportRequest, TransportResponse } from "./target/transport.js";
