// For authors of adapters: what joins a platform to the core.
export { bounded } from "./metrics/bounded.js";
export { appear, builtIn } from "./metrics/built-in.js";
export { afterAwakeMs } from "./runtime/awake-timer.js";
export { failRunning } from "./instrument/decide.js";
export { defineAgain } from "./metrics/define.js";
export { encode } from "./exposition/encode.js";
export { endLife } from "./life/end-life.js";
export { errorTypeOf, errorTypeOfStatus } from "./invocation/error-type.js";
export { DURATION_BUCKETS } from "./invocation/faas-metrics.js";
export { fetchTransport } from "./target/fetch-transport.js";
export { guarded } from "./runtime/guarded.js";
export { type Group, groupPath } from "./target/group-path.js";
export { type Instance, instanceOn } from "./instance/instance.js";
export type { Invocation } from "./invocation/invocation.js";
export type { Trigger } from "./invocation/vocabulary.js";
export type {
  Journal,
  JournalKey,
  JournalLife,
  OpenJournal,
  RestoredLife,
} from "./life/journal.js";
export { type Metric, type MetricType, observeIn } from "./metrics/metric.js";
export {
  beginObservation,
  type Observation,
  observe,
  type Occasion,
} from "./instrument/observe.js";
export type { Platform } from "./instance/platform.js";
export type { PushError } from "./target/push-error.js";
export { pushgateway, type PushgatewayOptions, type Target } from "./target/pushgateway.js";
export { cellIn, fold, type Registry } from "./metrics/registry.js";
export { seriesOf } from "./metrics/series.js";
export { parseBoolean, readSettings, upTo } from "./instance/settings.js";
export { singleSlot } from "./invocation/single-slot.js";
export type { InvocationStore } from "./invocation/single-slot.js";
export { state, type State } from "./instance/state.js";
export { warnOnce } from "./runtime/warn.js";
export { type AnyHandler, wrap, wrapMethods } from "./instrument/wrap.js";
