import type { Metric } from "./metric.js";
import { catalog } from "./catalog.js";
import { warnOnce } from "../runtime/warn.js";

/**
 * Drops a recording that the metric cannot take. Counts it, and warns once per metric and subject.
 *
 * @param subject the part of the recording that is wrong: its value, or one of its labels
 */
export function drop({ name }: Metric, subject: string, value: unknown): undefined {
  catalog.droppedRecordings++;
  const shown = typeof value === "number" ? value : `a ${typeof value}`;
  warnOnce(
    `${name} ${subject}`,
    `metric "${name}": ${subject} is ${shown}; this recording is dropped`,
  );
}
