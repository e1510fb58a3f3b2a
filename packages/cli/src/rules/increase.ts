import { recordName } from "../definitions/record-name.js";
import type { Through } from "../definitions/through.js";

/** The windows that rules look at. */
export type Window = "5m" | "15m" | "1h";

/** By window, the one that holds as many records of a minute each. */
const RECORDS: Readonly<Record<Window, string>> = {
  "5m": "4m30s",
  "15m": "14m30s",
  "1h": "59m30s",
};

/**
 * By how much each series of a counter grew. Without an aggregator, it is for rules of the group that records the growth
 * within each minute: the window ends half a minute early, since Prometheus 2 counts a sample at its very beginning, which
 * would be a minute too much.
 *
 * @param selector such as `{result="failure"}`
 */
export function increase(through: Through, counter: string, window: Window, selector = ""): string {
  return through === "aggregator"
    ? `increase(${counter}${selector}[${window}])`
    : `sum_over_time(${recordName(counter)}${selector}[${RECORDS[window]}])`;
}

/** By how much a counter grew, by job. */
export function increaseByJob(
  through: Through,
  counter: string,
  window: Window,
  selector = "",
): string {
  return `sum by (job) (${increase(through, counter, window, selector)})`;
}

/** How many invocations ended, by job: every one has succeeded, failed or timed out. */
export function endedByJob(through: Through, window: Window, selector = ""): string {
  return ["faas_invocations_total", "faas_errors_total", "faas_timeouts_total"]
    .map((counter) => increaseByJob(through, counter, window, selector))
    .join("\n+ ");
}
