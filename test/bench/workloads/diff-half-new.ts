import { counter } from "@prefreeze/core";
import { catalog, diff, textFormat } from "../../../packages/core/test/internals.js";
import type { Workload } from "../workload.js";
import { labelsOf, SERIES_LABEL_NAMES as labelNames } from "./series-labels.js";

/** Subtracts a snapshot that has half of the series from the totals. */
export function createWorkload(seriesCount: number): Workload {
  catalog.maxSeries = seriesCount;
  catalog.maxBytes = Infinity;
  const requests = counter({ name: "requests_total", help: "Requests.", labelNames });
  const record = (from: number, to: number) => {
    for (let n = from; n < to; n++) requests.inc(labelsOf(n));
  };
  record(0, seriesCount / 2);
  const snapshot = textFormat(catalog.metrics.values());
  record(seriesCount / 2, seriesCount);
  return {
    run: (measured) => measured(() => diff(snapshot)),
  };
}
