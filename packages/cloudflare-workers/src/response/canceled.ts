import { builtIn, cellIn, initSeries, type Invocation, seriesOf } from "@prefreeze/core/adapter";

/**
 * Counts the invocations whose client went away: a part of those that succeeded. It starts at zero with the first
 * invocation.
 */
export function countCanceled({ recordings, trigger }: Invocation, canceled: boolean): void {
  const labels = { faas_trigger: trigger };
  const total = builtIn(
    "counter",
    "faas_canceled_total",
    "Invocations that succeeded, and whose client went away.",
    ["faas_trigger"],
  );
  const series = seriesOf(total, labels)!;
  if (!series.total) initSeries(total, labels);
  if (canceled) cellIn(recordings, series).value++;
}
