// Internals of core that tests, the model and the benchmarks use. They are not published.
export { diff } from "../src/exposition/diff.js";
export { changesInTextFormat, textFormat } from "../src/exposition/text-format.js";
export { observe } from "../src/instrument/observe.js";
export { errorTypeOf } from "../src/invocation/error-type.js";
export { invocations } from "../src/invocation/running.js";
export { singleSlot } from "../src/invocation/single-slot.js";
export { catalog, sortedMetrics } from "../src/metrics/catalog.js";
export { mergeIntoTotals } from "../src/metrics/cells.js";
export { defineRestored } from "../src/metrics/define.js";
export type { Metric } from "../src/metrics/metric.js";
export { shared } from "../src/runtime/shared.js";
export { type GroupingKey, groupingKeyPath } from "../src/target/grouping-key.js";
export type { PushError } from "../src/target/push-error.js";
export { pushgateway, type PushgatewayOptions } from "../src/target/pushgateway.js";
