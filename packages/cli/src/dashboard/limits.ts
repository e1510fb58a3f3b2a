import { thresholds } from "./panel.js";

/** Share of invocations that failed. */
export const ERRORS = thresholds([0.01, "orange"], [0.05, "red"]);
/** Share of invocations that timed out: the caller of each had no answer. */
export const TIMEOUTS = thresholds([0.001, "orange"], [0.01, "red"]);
/** Share of invocations that were the first of their instance. */
export const COLD_STARTS = thresholds([0.2, "orange"]);
