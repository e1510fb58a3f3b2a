import { shared } from "../runtime/shared.js";
import type { Metric, Series } from "./metric.js";

/** All defined metrics, and counts over all of them. */
export interface Catalog {
  readonly metrics: Map<string, Metric>;
  /** The same metrics sorted by name, as the text format lists them; undefined after a definition. */
  sorted?: readonly Metric[] | undefined;
  /**
   * Time series of the user's own metrics, counted as the gateway counts them. That of a metric without labels
   * counts from its definition on.
   */
  seriesCount: number;
  /** Those of overflow series, which are beyond `maxSeries`. */
  overflow: number;
  maxSeries: number;
  /** The most that a snapshot with all series can take, in bytes. */
  bytes: number;
  /** The longest snapshot, in bytes. The journal takes a little more. */
  maxBytes: number;
  /** Longest value of a label, in bytes of UTF-8. */
  maxLabelBytes: number;
  /** Recordings that went to an overflow series. */
  droppedSeries: number;
  /** Recordings that were dropped because of a bad value or label, or for want of room. */
  droppedRecordings: number;
  /** Rises with every change of the totals. */
  version: number;
  /** The series whose totals have changed since they were last listed; undefined while nobody lists them. */
  changed?: Series[] | undefined;
  /**
   * The grouping and constant labels of the instance, which no metric may use. True if the code sets the label: a
   * variable must not make a definition throw.
   */
  takenLabels?: Readonly<Record<string, boolean>> | undefined;
  /** Labels of all series, but for those about prefreeze itself and `target_info`. */
  constantLabels?: Readonly<Record<string, string>> | undefined;
  /** The most that they add to a line, in bytes. */
  constantBytes: number;
}

export const catalog: Catalog = shared<Catalog>("catalog", {
  metrics: new Map(),
  sorted: undefined,
  seriesCount: 0,
  overflow: 0,
  maxSeries: 1_000,
  bytes: 0,
  maxBytes: 1_000_000,
  maxLabelBytes: 1_024,
  droppedSeries: 0,
  droppedRecordings: 0,
  version: 0,
  changed: undefined,
  takenLabels: undefined,
  constantLabels: undefined,
  constantBytes: 0,
});

/** Metrics of the life that another process began, which this process defines with another shape. */
export const redefined = shared<Metric[]>("redefined", []);

/** By name, who counts a metric, if it is not this package. */
export const foreign = shared("foreign", new Map<string, { readonly library: string }>());

export function sortedMetrics(): readonly Metric[] {
  return (catalog.sorted ??= [...catalog.metrics.values()].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  ));
}
