import { bounded } from "../metrics/bounded.js";
import { builtIn, initSeries } from "../metrics/built-in.js";
import type { Invocation } from "./invocation.js";
import type { Outcome } from "./vocabulary.js";
import { observeIn } from "../metrics/metric.js";
import { cellIn, touchTotal } from "../metrics/cells.js";
import { seriesOf } from "../metrics/series.js";

/** In seconds, from a cache hit to the longest function there is. */
export const DURATION_BUCKETS = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60, 300, 900,
];

/** Records the outcome of an invocation among its own recordings. */
export type RecordOutcome = (
  invocation: Pick<Invocation, "trigger" | "recordings" | "coldStart" | "errorType"> & {
    /** Undefined if nothing saw the end. */
    readonly durationMs: number | undefined;
  },
  outcome: Outcome,
) => void;

/**
 * Defines the metrics that every function gets.
 *
 * Source: https://opentelemetry.io/docs/specs/semconv/faas/faas-metrics/, in Prometheus' spelling
 *
 * @param targetInfo labels of `target_info`; undefined and empty ones are left out
 */
export function defineFaasMetrics({
  targetInfo,
  initDurationMs,
}: {
  readonly targetInfo: Readonly<Record<string, string | undefined>>;
  readonly initDurationMs?: number;
}): RecordOutcome {
  const labelNames = ["faas_trigger"];
  const invocations = builtIn(
    "counter",
    "faas_invocations_total",
    "Invocations that succeeded.",
    labelNames,
  );
  const timeouts = builtIn(
    "counter",
    "faas_timeouts_total",
    "Invocations that timed out.",
    labelNames,
  );
  const coldStarts = builtIn("counter", "faas_coldstarts_total", "Cold starts.", labelNames);
  const durations = builtIn(
    "histogram",
    "faas_invoke_duration_seconds",
    "Time of invocations.",
    labelNames,
    DURATION_BUCKETS,
  );
  const errors = builtIn("counter", "faas_errors_total", "Invocations that failed.", [
    ...labelNames,
    "error_type",
  ]);

  const info = Object.fromEntries(
    Object.entries(targetInfo).flatMap(([name, value]) =>
      value ? [[name, value.slice(0, 255)]] : [],
    ),
  ) as Readonly<Record<string, string>>;
  // No reason to push by itself.
  touchTotal(
    initSeries(builtIn("gauge", "target_info", "This instance.", Object.keys(info)), info),
  ).value = 1;
  if (initDurationMs !== undefined) {
    const init = initSeries(
      builtIn("summary", "faas_init_duration_seconds", "Time to start.", [], []),
    );
    observeIn(init.total!, [], initDurationMs / 1_000);
  }

  const boundedErrorType = bounded(20, () =>
    // The series at zero has an empty error type, which is none.
    Array.from(errors.series.values(), ({ labelValues }) => labelValues[1]!).filter(Boolean),
  );
  return ({ trigger, recordings, coldStart, durationMs, errorType }, outcome) => {
    const labels = { faas_trigger: trigger };
    let counted = seriesOf(invocations, labels)!;
    if (!counted.total) {
      // All of them start at zero with a trigger's first invocation, so that ratios exist at 0 % and at 100 %.
      initSeries(invocations, labels);
      initSeries(timeouts, labels);
      initSeries(coldStarts, labels);
      // To Prometheus, an empty label is an absent one.
      initSeries(errors, { ...labels, error_type: "" });
    }
    if (outcome === "timedOut") counted = seriesOf(timeouts, labels)!;
    if (outcome === "failed")
      counted = seriesOf(errors, { ...labels, error_type: boundedErrorType(errorType!) })!;
    cellIn(recordings, counted).value++;
    if (coldStart) cellIn(recordings, seriesOf(coldStarts, labels)!).value++;
    if (durationMs !== undefined)
      observeIn(
        cellIn(recordings, seriesOf(durations, labels)!),
        DURATION_BUCKETS,
        durationMs / 1_000,
      );
  };
}
