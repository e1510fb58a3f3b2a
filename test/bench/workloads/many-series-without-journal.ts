import type { Workload } from "../workload.js";
import { manySeries } from "./many-series.js";

export function createWorkload(series: number): Promise<Workload> {
  return manySeries(series);
}
