import { shorten } from "../runtime/shorten.js";
import { warnOnce } from "../runtime/warn.js";
import { catalog, redefined } from "./catalog.js";
import { drop, dropForWantOfRoom, dropValue } from "./drop.js";
import type { Metric, Series } from "./metric.js";
import { freeRoomOf, isLast, OVERFLOW, SNAPSHOT_LIMIT, takeRoom } from "./room.js";

/** The value of a label. A number is written as JavaScript prints it. */
export type LabelValue = string | number;

/** A value for each label of a metric. */
export type Labels<N extends readonly string[]> = { readonly [K in N[number]]: LabelValue };

/**
 * Finds or creates the series with these labels.
 *
 * @returns undefined if the recording is dropped: the labels are not the metric's, or there is no room
 */
export function seriesOf(metric: Metric, labels: unknown, more?: object): Series | undefined {
  const { labelNames, series } = metric;
  try {
    const given = (more ? { ...(labels as object), ...more } : (labels ?? {})) as Readonly<
      Record<string, LabelValue>
    >;
    let key = "";
    let long: string | undefined;
    for (const name of labelNames) {
      const value = given[name];
      if (typeof value !== "string" && typeof value !== "number")
        return dropValue(metric, `label "${name}"`, value);
      const text = `${value}`;
      // A long value never becomes part of a key, which would be a copy of it.
      if (isLong(text)) long = name;
      else key += keyPart(text);
    }
    for (const name in given) {
      // Any library can add a property to all objects.
      if (!labelNames.includes(name) && Object.hasOwn(given, name))
        return drop(metric, `label "${shorten(name, 100)}"`, "is not in labelNames");
    }
    if (long !== undefined)
      return overflowOf(
        metric,
        `metric "${metric.name}": label "${long}" has values of more than ${catalog.maxLabelBytes} bytes: they`,
      );
    return (
      series.get(key) ??
      createSeries(
        metric,
        labelNames.map((name) => `${given[name]}`),
      )
    );
  } catch {
    return drop(metric, "a label", "threw when it was read");
  }
}

/** @returns undefined if nothing was recorded with these label values */
export function findSeries({ series }: Metric, labelValues: readonly string[]): Series | undefined {
  return series.get(labelValues.map(keyPart).join(""));
}

/** Makes a series one of its metric. */
export function placeSeries(series: Series): void {
  series.metric.series.set(series.labelValues.map(keyPart).join(""), series);
}

/** Removes a series. What is recorded with its labels later makes a new one. */
export function removeSeries(series: Series): void {
  const { metric, labelValues } = series;
  if (!metric.series.delete(labelValues.map(keyPart).join(""))) return;
  freeRoomOf(series);
  series.removed = true;
  series.total = undefined;
}

/** Each value is preceded by its length, so that no two combinations make the same key. */
function keyPart(value: string): string {
  return `${value.length}:${value}`;
}

/** Whether a label value is too long. A UTF-16 unit takes at most three bytes in UTF-8. */
function isLong(value: string): boolean {
  const most = catalog.maxLabelBytes;
  if (value.length * 3 <= most) return false;
  return value.length > most || new TextEncoder().encode(value).length > most;
}

/**
 * Creates the series. Lone surrogates become U+FFFD first, so it may exist already. If there is no room,
 * returns the metric's overflow series.
 */
function createSeries(metric: Metric, values: readonly string[]): Series | undefined {
  const { name, takenLabel } = metric;
  if (takenLabel)
    return drop(
      metric,
      `label "${takenLabel}"`,
      "is in PREFREEZE_GROUPING or PREFREEZE_LABELS, too",
    );
  const labelValues = values.map((value) => value.toWellFormed());
  const found = findSeries(metric, labelValues);
  if (found) return found;
  const kept = redefined.includes(metric);
  const listed = kept ? metric : catalog.metrics.get(name);
  if (listed && listed !== metric) return drop(metric, "its definition", "was replaced");
  const made: Series = {
    metric,
    labelValues,
    total: undefined,
    startedAtMs: undefined,
    text: undefined,
    isFlat: false,
    encoded: undefined,
    linePrefixes: undefined,
    removed: false,
  };
  if (!isLast(made) && labelValues.some(isLong))
    return drop(metric, "a label", "changes while it is read");
  // What an earlier process counted is kept whole.
  const limit = kept ? undefined : listed ? takeRoom(made) : SNAPSHOT_LIMIT;
  if (limit) {
    if (!listed || isLast(made)) return dropForWantOfRoom(metric, limit);
    return overflowOf(metric, `metric "${name}" is over ${limit}: new label values`);
  }
  placeSeries(made);
  return made;
}

/** The series in which recordings add up that cannot have one of their own. */
function overflowOf(metric: Metric, what: string): Series | undefined {
  const overflow = createSeries(
    metric,
    metric.labelNames.map(() => OVERFLOW),
  );
  if (!overflow) return undefined;
  catalog.droppedSeries++;
  warnOnce(what, `${what} add up as ${OVERFLOW}`);
  return overflow;
}
