/** What triggered the function, in the words of OpenTelemetry's `faas.trigger`. */
export type Trigger = "datasource" | "http" | "pubsub" | "timer" | "other";

/** How an invocation ended. It is decided once. */
export type Outcome = "succeeded" | "failed" | "timedOut";
