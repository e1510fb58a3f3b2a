/**
 * What is between functions and Prometheus. `aggregator`: each job is one group, so plain `rate()` is right. `none`:
 * each instance is a group of its own, so increases come from recording rules.
 */
export type Through = "aggregator" | "none";
