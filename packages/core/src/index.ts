export { counter, type Counter, type CounterChild } from "./counter.js";
export { currentInvocation, type CurrentInvocation } from "./current-invocation.js";
export type { MetricOptions } from "./define.js";
export { explain } from "./explain.js";
export { gauge, type Gauge, type GaugeChild, type GaugeOptions } from "./gauge.js";
export {
  histogram,
  type Histogram,
  type HistogramChild,
  type HistogramOptions,
} from "./histogram.js";
export type { Outcome, Trigger } from "./invocation.js";
export type { GaugeAggregate, MetricType } from "./metric.js";
export { onInvocation } from "./on-invocation.js";
export type { HeadersSource } from "./pushgateway.js";
export type { InvocationRecord, RecordedMetrics, RecordedSeries } from "./record.js";
export { recorded } from "./recorded.js";
export type { Labels, LabelValue } from "./series.js";
export type { Options } from "./settings.js";
export type { Transport, TransportRequest, TransportResponse } from "./transport.js";
