import { appear, builtIn } from "../metrics/built-in.js";
import { observeIn } from "../metrics/metric.js";
import { touchTotal } from "../metrics/registry.js";
import { catalog } from "../metrics/catalog.js";

/** What an instance tells about itself. */
export interface SelfMetrics {
  /** Counts an attempt to push; the next one carries it. */
  flushed(succeeded: boolean, durationMs: number): void;
  /** Brings the rest up to date, just before a snapshot is written. */
  update(sequence: number): void;
}

export function defineSelfMetrics(): SelfMetrics {
  const flushes = builtIn("counter", "prefreeze_flushes_total", "Pushes before this.", ["result"]);
  const success = appear(flushes, { result: "success" });
  const failure = appear(flushes, { result: "failure" });
  const durations = appear(
    builtIn("summary", "prefreeze_flush_duration_seconds", "Time of pushes.", [], []),
  );
  const droppedSeries = appear(
    builtIn("counter", "prefreeze_dropped_series_total", "Recordings over maxSeries."),
  );
  const droppedRecordings = appear(
    builtIn("counter", "prefreeze_dropped_recordings_total", "Recordings dropped."),
  );
  const snapshot = appear(builtIn("gauge", "prefreeze_snapshot_sequence", "Number of this push."));

  let countedSeries = 0;
  let countedRecordings = 0;

  return {
    flushed(succeeded, durationMs) {
      touchTotal(succeeded ? success : failure).value++;
      observeIn(touchTotal(durations), [], durationMs / 1_000);
    },
    update(sequence) {
      // Added, for what is restored stands in the totals already.
      touchTotal(droppedSeries).value += catalog.droppedSeries - countedSeries;
      touchTotal(droppedRecordings).value += catalog.droppedRecordings - countedRecordings;
      countedSeries = catalog.droppedSeries;
      countedRecordings = catalog.droppedRecordings;
      touchTotal(snapshot).value = sequence;
    },
  };
}
