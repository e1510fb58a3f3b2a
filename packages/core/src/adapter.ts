// For authors of adapters: everything that joins a platform to core.
export { beInert, isActiveElsewhere } from "./instance/activation.js";
export { currentInstance, instanceOn } from "./instance/current.js";
export type { Instance } from "./instance/instance.js";
export type { Platform } from "./instance/platform.js";
export { parseBoolean, readSettings, secret, upTo } from "./instance/read-settings.js";
export type { InvocationDescriptor, Observation } from "./instrument/descriptor.js";
export { beginObservation } from "./instrument/observation.js";
export { observe } from "./instrument/observe.js";
export { watchDeadline } from "./instrument/watch-deadline.js";
export { failRunning } from "./instrument/settle.js";
export { type AnyHandler, wrap } from "./instrument/wrap.js";
export { hasHandler, wrapMethods } from "./instrument/wrap-methods.js";
export { errorTypeOf, errorTypeOfResponse, errorTypeOfStatus } from "./invocation/error-type.js";
export { DURATION_BUCKETS } from "./invocation/faas-metrics.js";
export type { Invocation } from "./invocation/invocation.js";
export { isThrownAnswer } from "./invocation/thrown-answer.js";
export { areToldApart, currentKey, invocations, useInvocationStore } from "./invocation/running.js";
export { runtimeStore } from "./invocation/runtime-store.js";
export type { InvocationStore } from "./invocation/single-slot.js";
export type { Trigger } from "./invocation/vocabulary.js";
export { endLife } from "./life/end-life.js";
export { createLifeWriter } from "./life/life-writer.js";
export { dropRedefined } from "./life/redefined.js";
export type {
  Journal,
  JournalKey,
  OpenJournal,
  RestoredLife,
  Totals,
  WrittenLife,
} from "./life/journal.js";
export { createFlusher } from "./flush/flusher.js";
export { flushUntilMs } from "./flush/flush-until.js";
export { createPushWindow } from "./flush/push-window.js";
export { addTotals } from "./exposition/add-totals.js";
export { bounded } from "./metrics/bounded.js";
export { builtIn, initSeries } from "./metrics/built-in.js";
export { cellIn, cellOf, mergeIntoTotals, touchTotal } from "./metrics/cells.js";
export { expectChange, isCollecting, onCollect } from "./metrics/collectors.js";
export {
  addLabel,
  defineForeign,
  isFreeLabel,
  type Owner,
  ownerOf,
  releaseName,
  reserveName,
} from "./metrics/foreign.js";
export {
  type GaugeAggregate,
  type Metric,
  type MetricType,
  observeIn,
  type Series,
} from "./metrics/metric.js";
export { type Recordings, scopes } from "./metrics/scope.js";
export { removeSeries, seriesOf } from "./metrics/series.js";
export { bodyEnd } from "./response/body-end.js";
export { countCanceled } from "./response/canceled.js";
export { watchBody, type WatchedBody } from "./response/watch-body.js";
export { afterAwakeMs } from "./runtime/awake-timer.js";
export { guarded, guardedStart } from "./runtime/guarded.js";
export { reasonOf } from "./runtime/reason.js";
export { shared } from "./runtime/shared.js";
export { stopwatch } from "./runtime/stopwatch.js";
export { startTimer } from "./runtime/timer.js";
export { untraced } from "./runtime/untraced.js";
export { THREADS_KEY } from "./runtime/threads.js";
export { warn, warnOnce } from "./runtime/warn.js";
export { parseAddresses } from "./target/addresses.js";
export { groupPath } from "./target/parse-grouping-key.js";
export { type Gateway, pushgateway, type Secret, type Target } from "./target/pushgateway.js";
export { rendezvous } from "./target/rendezvous.js";
export { fetchTransport } from "./target/fetch-transport.js";
