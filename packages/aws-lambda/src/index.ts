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
  CurrentInvocation,
  Gauge,
  Histogram,
  InvocationRecord,
  Options,
} from "@prefreeze/core";
export { httpMetrics } from "./measures/http-metrics.js";
export { instrument } from "./instrument.js";
export type { LambdaOptions } from "./lambda-options.js";
export type { LambdaContext } from "./event/lambda-context.js";
export { resourceMetrics } from "./measures/resource-metrics.js";
