import { counter, gauge } from "@prefreeze/core";
import { catalog, textFormat } from "../../../packages/core/test/internals.js";
import type { Workload } from "../workload.js";
import { labelsOf, SERIES_LABEL_NAMES as labelNames } from "./series-labels.js";

/** Half counters and half gauges, all of which change between two encodings. */
export function createWorkload(seriesCount: number): Workload {
  catalog.maxSeries = seriesCount;
  catalog.maxBytes = Infinity;
  const requests = counter({ name: "requests_total", help: "Requests.", labelNames });
  const active = gauge({ name: "active_requests", help: "Requests under way.", labelNames });
  const series = Array.from({ length: seriesCount }, (_, n) =>
    (n % 2 ? requests : active).labels(labelsOf(n)),
  );

  return {
    async run(measured) {
      for (const each of series) each.inc();
      const bytes = await measured(() => Buffer.byteLength(textFormat(catalog.metrics.values())));
      if (Number(bytes) < seriesCount * 50) throw new Error(`too little for ${seriesCount} series`);
    },
  };
}
