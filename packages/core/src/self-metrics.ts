import { define } from "./define.js";
import { observeIn, type Series } from "./metric.js";
import { totalOf } from "./registry.js";
import { seriesOfValues } from "./series.js";
import { state } from "./state.js";

/** What an instance tells about itself. */
export interface SelfMetrics {
  /** Counts an attempt to push; the next one carries it. */
  flushed(result: "success" | "failure", durationMs: number): void;
  /** Brings the rest up to date, just before a snapshot is written. */
  update(sequence: number): void;
}

export function defineSelfMetrics(): SelfMetrics {
  const series = (
    name: string,
    type: "counter" | "gauge" | "summary",
    help: string,
    labels: Readonly<Record<string, string>> = {},
  ): Series => {
    const metric = define({ name, type, help, labelNames: Object.keys(labels), builtIn: true });
    return seriesOfValues(metric, Object.values(labels))!;
  };
  const flushes = (result: string) =>
    series("prefreeze_flushes_total", "counter", "Pushes that ended before this one.", { result });
  const success = flushes("success");
  const failure = flushes("failure");
  const duration = series("prefreeze_flush_duration_seconds", "summary", "Time of those pushes.");
  const droppedSeries = series(
    "prefreeze_dropped_series_total",
    "counter",
    "Recordings that went to an overflow series, for maxSeries.",
  );
  const droppedRecordings = series(
    "prefreeze_dropped_recordings_total",
    "counter",
    "Recordings that were dropped for a bad value or label.",
  );
  const snapshotSequence = series(
    "prefreeze_snapshot_sequence",
    "gauge",
    "Number of this snapshot in the life of its instance.",
  );
  for (const each of [success, failure, duration]) totalOf(each);

  return {
    flushed(result, durationMs) {
      totalOf(result === "success" ? success : failure).value += 1;
      observeIn(totalOf(duration), [], durationMs / 1_000);
    },
    update(sequence) {
      totalOf(droppedSeries).value = state.droppedSeries;
      totalOf(droppedRecordings).value = state.droppedRecordings;
      totalOf(snapshotSequence).value = sequence;
    },
  };
}
