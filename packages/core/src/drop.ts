import type { Metric } from "./metric.js";
import { state } from "./state.js";
import { warnOnce } from "./warn.js";

/**
 * Drops a recording that the metric cannot take: counted, and warned about once for each metric and subject.
 *
 * @param subject what is wrong with it: its value, or one of its labels
 */
export function drop({ name }: Metric, subject: string, value: unknown): undefined {
  state.droppedRecordings++;
  const shown = typeof value === "number" ? value : `a ${typeof value}`;
  warnOnce(
    `${name} ${subject}`,
    `metric "${name}": ${subject} is ${shown}; this recording is dropped`,
  );
}
