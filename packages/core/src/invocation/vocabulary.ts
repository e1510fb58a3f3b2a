/** What invoked the function, as OpenTelemetry's `faas.trigger` has it. */
export type Trigger = "datasource" | "http" | "pubsub" | "timer" | "other";

/** How an invocation ended; decided once. */
export type Outcome = "succeeded" | "failed" | "timedOut";
