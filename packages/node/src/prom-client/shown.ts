import {
  type Metric,
  removeSeries,
  type Series,
  seriesOf,
  touchTotal,
} from "@prefreeze/core/adapter";
import { createGrowth } from "./growth.js";
import type { Point } from "./reading.js";
import { isSameList, rebucket } from "./rebucket.js";

/** A series of another library, and what it showed when it was last read. */
export interface Shown {
  /** The number of the newest reading that had it. */
  round: number;
  /** It has its series in snapshots, or there is no room for one. */
  readonly isPlaced: boolean;
  /** Finds its series in snapshots, once. */
  place(metric: Metric, labelValues: readonly string[]): void;
  /** Its metric has another series for it now. */
  unplace(): void;
  /**
   * Writes what it shows to the totals: a gauge's value, or what the others have grown by. If they have fallen, they
   * were reset, and all that they show is growth.
   *
   * @param isDelta it shows what was counted since the last reading
   * @returns what is wrong with the value
   */
  take(point: Point, isDelta: boolean): string | undefined;
  /** The library shows it no more: a gauge is gone, and what the others have counted stays. */
  end(): void;
}

export function createShown(): Shown {
  let series: Series | undefined;
  let isPlaced = false;
  let last: Point | undefined;
  const growth = createGrowth();

  function takeGauge({ value }: Point, isDelta: boolean): undefined {
    if (!series) return;
    if (isDelta) touchTotal(series).value += value;
    // Written only if it has changed, since texts of series are kept.
    else if (!series.total || !Object.is(series.total.value, value))
      touchTotal(series).value = value;
  }

  function takeCounter(point: Point, isDelta: boolean): string | undefined {
    const { value } = point;
    if (!Number.isFinite(value)) return `has the value ${value}, which is skipped`;
    const before = isDelta || !last || value < last.value ? 0 : last.value;
    last = point;
    if (!series || value <= before) return undefined;
    const total = touchTotal(series);
    // A rounded sum must not fall, which would be a reset.
    total.value = Math.max(total.value, growth.addTo(total.value, before, value));
    return undefined;
  }

  function takeObservations(point: Point, isDelta: boolean): string | undefined {
    const { value, counts, bounds } = point;
    if (!counts.every((count) => Number.isFinite(count) && count >= 0))
      return "has counts that are no numbers, which are skipped";
    const isGrown =
      !isDelta &&
      last !== undefined &&
      isSameList(last.bounds, bounds) &&
      last.counts.every((count, i) => counts[i]! >= count);
    const before = isGrown ? last : undefined;
    last = point;
    const grown = counts.map((count, i) => count - (before?.counts[i] ?? 0));
    if (!series || !grown.some(Boolean)) return undefined;
    const { buckets = [] } = series.metric;
    const total = touchTotal(series);
    const added = isSameList(bounds, buckets) ? grown : rebucket(grown, bounds, buckets);
    added.forEach((count, i) => (total.counts![i]! += count));
    total.value = growth.addTo(total.value, before?.value ?? 0, value);
    return isSameList(bounds, buckets)
      ? undefined
      : "has other buckets than before: its observations count in the next higher ones of those";
  }

  return {
    round: 0,
    get isPlaced() {
      return isPlaced;
    },
    place(metric, labelValues) {
      if (isPlaced) return;
      isPlaced = true;
      series = seriesOf(
        metric,
        Object.fromEntries(metric.labelNames.map((label, i) => [label, labelValues[i]!])),
      );
      // It appears, at zero.
      if (series && !series.total) touchTotal(series);
    },
    unplace() {
      isPlaced = false;
    },
    take(point, isDelta) {
      if (point.counts.length > 0) return takeObservations(point, isDelta);
      return series?.metric.type === "gauge"
        ? takeGauge(point, isDelta)
        : takeCounter(point, isDelta);
    },
    end() {
      isPlaced = false;
      if (series?.metric.type === "gauge") removeSeries(series);
    },
  };
}
