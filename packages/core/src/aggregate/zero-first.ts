import { type Series, ZERO_SCRAPES } from "./family.js";
import type { Group, View } from "./group.js";
import { seriesChanged } from "./pieces.js";

/** At the first scrape ever, older series show their values at once: they are no news. In milliseconds. */
const OLD_MS = 3_600_000;

/**
 * Whether a view shows the value of a series, and not zero. A value that is shown once is shown for ever, so this
 * may change the series.
 */
export function showsValue(
  group: Group,
  series: Series,
  view: View,
  atMs: number,
  wasScraped: boolean,
): boolean {
  if (view === "scraped") {
    if (series.scrapes >= ZERO_SCRAPES) return true;
    if (wasScraped || series.bornAtMs > atMs - OLD_MS) return false;
    series.scrapes = ZERO_SCRAPES;
  } else {
    if (series.pushedValue) return true;
    if (series.pushedValueFromMs === undefined || series.pushedValueFromMs > atMs) return false;
    series.pushedValue = true;
  }
  seriesChanged(group, series);
  return true;
}

/**
 * Notes that these series were shown as zero.
 *
 * @returns pushed view: when the first of them may show its value
 */
export function zerosShown(
  group: Group,
  view: View,
  atMs: number,
  zeroForMs: number,
): number | undefined {
  const valueFromMs = atMs + zeroForMs;
  let firstMs: number | undefined;
  for (const series of group.zeros[view]) {
    if (view === "scraped") series.scrapes++;
    else {
      // If the clock was set back, the value must not wait until it is what it was.
      const isKnown = series.pushedValueFromMs! <= valueFromMs;
      if (!isKnown) series.pushedValueFromMs = valueFromMs;
      firstMs = Math.min(firstMs ?? Infinity, series.pushedValueFromMs!);
      if (isKnown) continue;
    }
    seriesChanged(group, series);
  }
  group.zeros[view] = [];
  return firstMs;
}
