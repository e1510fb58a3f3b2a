// For authors of adapters: what joins a platform to the core.
export { appear, builtIn } from "./built-in.js";
export { encode } from "./encode.js";
export { errorTypeOf, errorTypeOfStatus } from "./error-type.js";
export { fetchTransport } from "./fetch-transport.js";
export { type Group, groupPath } from "./group-path.js";
export { type Instance, instanceOn } from "./instance.js";
export type { Invocation, Trigger } from "./invocation.js";
export { type Metric, observeIn } from "./metric.js";
export { beginObservation, type Observation, observe, type Occasion } from "./observe.js";
export type { Platform } from "./platform.js";
export type { PushError } from "./push-error.js";
export { pushgateway, type PushgatewayOptions, type Target } from "./pushgateway.js";
export { cellIn } from "./registry.js";
export { seriesOf } from "./series.js";
export { singleSlot } from "./single-slot.js";
export { type InvocationStore, state, type State } from "./state.js";
export { type AnyHandler, wrap, wrapMethods } from "./wrap.js";
