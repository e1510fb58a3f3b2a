import type { Invocation } from "../invocation/invocation.js";
import { builtIn, initSeries } from "../metrics/built-in.js";
import { cellIn } from "../metrics/cells.js";
import { seriesOf } from "../metrics/series.js";
import { guarded } from "../runtime/guarded.js";

let defined: { readonly total: ReturnType<typeof builtIn> | undefined } | undefined;

/**
 * Counts the invocations whose client went away: a part of those that succeeded. It starts at zero with the first
 * invocation.
 */
export function countCanceled({ recordings, trigger }: Invocation, canceled: boolean): void {
  // If the function has a metric of that name already, its own stays, with a warning.
  const { total } = (defined ??= { total: guarded(defineTotal) });
  if (!total) return;
  const labels = { faas_trigger: trigger };
  const series = seriesOf(total, labels)!;
  if (!series.total) initSeries(total, labels);
  if (canceled) cellIn(recordings, series).value++;
}

const defineTotal = () =>
  builtIn(
    "counter",
    "faas_canceled_total",
    "Invocations that succeeded, and whose client went away.",
    ["faas_trigger"],
  );
