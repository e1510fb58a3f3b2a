import { recordingTimeMs } from "../runtime/recording-time.js";
import { checkThread } from "../runtime/threads.js";
import { catalog } from "./catalog.js";
import { type Cell, mergeCell, newCell, type Series } from "./metric.js";
import { type Recordings, scopes } from "./scope.js";

/** The cell to record into: that of the current scope, or the total if there is no scope or it has ended. */
export function cellOf(series: Series): Cell {
  const scope = scopes.store?.getStore();
  return scope?.ended === false ? cellIn(scope.recordings, series) : totalOf(series);
}

/** The cell of a series among the recordings of an invocation, created at first use. */
export function cellIn(recordings: Recordings, series: Series): Cell {
  let cell = recordings.get(series);
  if (!cell) recordings.set(series, (cell = newCell(series.metric)));
  return cell;
}

/** The instance's total, for a change that is a reason to push. */
function totalOf(series: Series): Cell {
  catalog.version++;
  return touchTotal(series);
}

/** The instance's total, for a change that is no reason to push: a metric about prefreeze itself. */
export function touchTotal(series: Series): Cell {
  // Without a text, it is listed already.
  if (series.text !== undefined || !series.total) catalog.changed?.push(series);
  series.text = series.encoded = undefined;
  return (series.total ??= newTotal(series));
}

function newTotal(series: Series): Cell {
  checkThread();
  series.startedAtMs ??= recordingTimeMs();
  return newCell(series.metric);
}

/** Merges what an invocation recorded into the instance's totals. */
export function mergeIntoTotals(recordings: Recordings): void {
  for (const [series, cell] of recordings) mergeCell(totalOf(series), cell);
}
