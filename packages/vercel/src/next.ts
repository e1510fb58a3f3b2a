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
export { instrument } from "./next/instrument.js";
export { instrumentAction } from "./next/instrument-action.js";
export { instrumentPage } from "./next/instrument-page.js";
export { onRequestError } from "./next/on-request-error.js";
export { register } from "./next/register.js";
