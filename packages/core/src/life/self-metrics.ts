import { builtIn, initSeries } from "../metrics/built-in.js";
import { observeIn } from "../metrics/metric.js";
import { touchTotal } from "../metrics/cells.js";
import { catalog } from "../metrics/catalog.js";

/** Metrics of an instance about its own pushes. */
export interface SelfMetrics {
  /** Counts a push that has settled. The next push carries the count. */
  flushed(succeeded: boolean, durationMs: number): void;
  /** Updates the other metrics; called just before a snapshot is written. */
  update(sequence: number): void;
}

export function defineSelfMetrics(): SelfMetrics {
  const flushes = builtIn("counter", "prefreeze_flushes_total", "Pushes before this.", ["result"]);
  const success = initSeries(flushes, { result: "success" });
  const failure = initSeries(flushes, { result: "failure" });
  const durations = initSeries(
    builtIn("summary", "prefreeze_flush_duration_seconds", "Time of pushes.", [], []),
  );
  const droppedSeries = initSeries(
    builtIn("counter", "prefreeze_dropped_series_total", "Recordings over maxSeries."),
  );
  const droppedRecordings = initSeries(
    builtIn("counter", "prefreeze_dropped_recordings_total", "Recordings dropped."),
  );
  const snapshot = initSeries(
    builtIn("gauge", "prefreeze_snapshot_sequence", "Number of this push."),
  );

  let countedSeries = 0;
  let countedRecordings = 0;

  return {
    flushed(succeeded, durationMs) {
      touchTotal(succeeded ? success : failure).value++;
      observeIn(touchTotal(durations), [], durationMs / 1_000);
    },
    update(sequence) {
      // Only the growth is added, since restored values are in the totals already. A journal writes what is touched.
      if (catalog.droppedSeries > countedSeries)
        touchTotal(droppedSeries).value += catalog.droppedSeries - countedSeries;
      if (catalog.droppedRecordings > countedRecordings)
        touchTotal(droppedRecordings).value += catalog.droppedRecordings - countedRecordings;
      countedSeries = catalog.droppedSeries;
      countedRecordings = catalog.droppedRecordings;
      touchTotal(snapshot).value = sequence;
    },
  };
}
