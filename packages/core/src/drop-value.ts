import type { Metric } from "./metric.js";
import { state } from "./state.js";
import { warnOnce } from "./warn.js";

/** Drops a recording whose value the metric cannot take: counted, and warned about once a metric. */
export function dropValue(metric: Metric, value: unknown): void {
  state.droppedRecordings++;
  const shown = typeof value === "number" ? value : `a ${value === null ? "null" : typeof value}`;
  warnOnce(
    `value ${metric.name}`,
    `a recording of "${metric.name}" is dropped: ${shown} is not a finite number${
      metric.type === "counter" ? " from zero up" : ""
    }`,
  );
}
