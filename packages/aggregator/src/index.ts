export { startAggregator } from "./start-aggregator.js";
export type { RunningAggregator } from "./start-aggregator.js";
export type { AggregatorOptions, Credentials, TlsOptions } from "./options.js";
