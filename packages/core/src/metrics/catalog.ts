import { shared } from "../runtime/shared.js";
import type { Metric } from "./metric.js";
import type { ScopeStore } from "./scope.js";

/** All metrics that are defined, and what is counted over all of them. */
export interface Catalog {
  readonly metrics: Map<string, Metric>;
  /** The same metrics by name, as the text format wants them; undefined after a definition. */
  sorted?: readonly Metric[] | undefined;
  /** Time series that users' metrics have, counted as the gateway counts them. */
  seriesCount: number;
  maxSeries: number;
  /** Recordings that went to an overflow series. */
  droppedSeries: number;
  /** Recordings that were dropped for a bad value or label. */
  droppedRecordings: number;
  /** Rises with every change of the totals. */
  version: number;
  /** Labels of the group, which no metric may have. */
  groupLabels?: Readonly<Record<string, string>>;
  /** Where a recording goes, if not to the totals. */
  readonly store?: ScopeStore;
}

export const catalog: Catalog = shared<Catalog>({
  metrics: new Map(),
  seriesCount: 0,
  maxSeries: 1_000,
  droppedSeries: 0,
  droppedRecordings: 0,
  version: 0,
});
