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
export { instrumentJob } from "./batch/instrument-job.js";
export { processMetrics } from "./measures/process-metrics.js";
export { instrumentServer } from "./server/instrument-server.js";
export { pushEvery, type PushEveryOptions } from "./server/push-every.js";
export { fromPromClient } from "./prom-client/from-prom-client.js";
export { fileJournal, type FileJournalOptions } from "./journal/file-journal.js";
export { processStart } from "./journal/process-start.js";
export { announceToThreads } from "./process/announce-to-threads.js";
export { flushWithin } from "./process/flush-within.js";
export { asyncInvocationStore } from "./process/invocation-store.js";
export { isSupportedNode } from "./process/supported-node.js";
export { randomBytes } from "./process/random-bytes.js";
export { onTerminate } from "./process/on-terminate.js";
export { httpTransport } from "./transport/http-transport.js";
export { localClient } from "./transport/local-client.js";
export type { LocalAnswer, LocalRequest } from "./transport/local-request.js";
