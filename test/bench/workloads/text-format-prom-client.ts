import { Counter, Gauge, Registry } from "prom-client";
import type { Workload } from "../workload.js";
import { labelsOf, SERIES_LABEL_NAMES as labelNames } from "./series-labels.js";

/** The series of `text-format-prefreeze.ts` with prom-client. */
export function createWorkload(seriesCount: number): Workload {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: "requests_total",
    help: "Requests.",
    labelNames,
    registers,
  });
  const active = new Gauge({
    name: "active_requests",
    help: "Requests under way.",
    labelNames,
    registers,
  });
  const series = Array.from({ length: seriesCount }, (_, n) =>
    (n % 2 ? requests : active).labels(labelsOf(n)),
  );

  return {
    async run(measured) {
      for (const each of series) each.inc();
      const bytes = await measured(async () => Buffer.byteLength(await registry.metrics()));
      if (Number(bytes) < seriesCount * 50) throw new Error(`too little for ${seriesCount} series`);
    },
  };
}
