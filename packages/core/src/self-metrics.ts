import { appear, builtIn } from "./built-in.js";
import { observeIn } from "./metric.js";
import { touchTotal } from "./registry.js";
import { state } from "./state.js";

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
      touchTotal(droppedSeries).value += state.droppedSeries - countedSeries;
      touchTotal(droppedRecordings).value += state.droppedRecordings - countedRecordings;
      countedSeries = state.droppedSeries;
      countedRecordings = state.droppedRecordings;
      touchTotal(snapshot).value = sequence;
    },
  };
}
