import { warnOnce } from "../runtime/warn.js";
import { catalog } from "./catalog.js";
import type { Metric } from "./metric.js";

/**
 * Drops a recording that the metric cannot take. Counts it, and warns once per metric and subject.
 *
 * @param subject the part of the recording that is wrong: its value, or one of its labels
 * @param fault what is wrong with it
 */
export function drop({ name }: Metric, subject: string, fault: string): undefined {
  catalog.droppedRecordings++;
  warnOnce(
    `${name} ${subject}`,
    `metric "${name}": ${subject} ${fault}; this recording is dropped`,
  );
}

/** Drops a recording because of a value that cannot be used. */
export function dropValue(metric: Metric, subject: string, value: unknown): undefined {
  return drop(metric, subject, `is ${kindOf(value)}`);
}

/**
 * Drops a recording of a metric that there is no room for. One warning is enough for all of them: names can
 * be made up without end.
 */
export function dropForWantOfRoom({ name }: Metric, limit: string): undefined {
  catalog.droppedRecordings++;
  warnOnce("room", `metric "${name}" is over ${limit}: it and all further metrics are dropped`);
}

/** The value itself if it is a number or nothing, otherwise only its type: it may be a secret. */
function kindOf(value: unknown): string {
  if (typeof value === "number" || value === undefined || value === null) return String(value);
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
