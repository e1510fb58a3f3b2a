import type { Metric } from "./metric.js";
import { catalog } from "./catalog.js";
import { warnOnce } from "../runtime/warn.js";

/**
 * Drops a recording that the metric cannot take: counted, and warned about once for each metric and subject.
 *
 * @param subject what is wrong with it: its value, or one of its labels
 */
export function drop({ name }: Metric, subject: string, value: unknown): undefined {
  catalog.droppedRecordings++;
  const shown = typeof value === "number" ? value : `a ${typeof value}`;
  warnOnce(
    `${name} ${subject}`,
    `metric "${name}": ${subject} is ${shown}; this recording is dropped`,
  );
}
