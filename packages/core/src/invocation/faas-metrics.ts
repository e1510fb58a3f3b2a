import { bounded } from "../metrics/bounded.js";
import { appear, builtIn } from "../metrics/built-in.js";
import type { Invocation } from "./invocation.js";
import type { Outcome } from "./vocabulary.js";
import { observeIn } from "../metrics/metric.js";
import { cellIn, totalOf } from "../metrics/registry.js";
import { seriesOf } from "../metrics/series.js";

/** Seconds; from a cache hit to the longest function there is. */
export const DURATION_BUCKETS = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60, 300, 900,
];

/** Writes what an invocation was into its own registry. */
export type RecordOutcome = (
  invocation: Pick<Invocation, "trigger" | "registry" | "coldStart" | "errorType"> & {
    /** Undefined where nobody saw the end. */
    readonly durationMs: number | undefined;
  },
  outcome: Outcome,
) => void;

/**
 * Defines the metrics that every function gets.
 *
 * Source: https://opentelemetry.io/docs/specs/semconv/faas/faas-metrics/, in Prometheus' spelling
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
    Object.entries(targetInfo).filter((label): label is [string, string] => !!label[1]),
  );
  totalOf(
    appear(builtIn("gauge", "target_info", "This instance.", Object.keys(info)), info),
  ).value = 1;
  if (initDurationMs !== undefined) {
    const init = appear(builtIn("summary", "faas_init_duration_seconds", "Time to start.", [], []));
    observeIn(init.total!, [], initDurationMs / 1_000);
  }

  const boundedErrorType = bounded(20, () =>
    // Not the empty one of a series that is at zero.
    Array.from(errors.series.values(), ({ labelValues }) => labelValues[1]!).filter(Boolean),
  );
  return ({ trigger, registry, coldStart, durationMs, errorType }, outcome) => {
    const labels = { faas_trigger: trigger };
    let decided = seriesOf(invocations, labels)!;
    if (!decided.total) {
      // With a trigger's first invocation all of them appear, so that ratios exist at 0 % and at 100 %.
      appear(invocations, labels);
      appear(timeouts, labels);
      appear(coldStarts, labels);
      // Prometheus takes an empty label for an absent one.
      appear(errors, { ...labels, error_type: "" });
    }
    if (outcome === "timedOut") decided = seriesOf(timeouts, labels)!;
    if (outcome === "failed")
      decided = seriesOf(errors, { ...labels, error_type: boundedErrorType(errorType!) })!;
    cellIn(registry, decided).value++;
    if (coldStart) cellIn(registry, seriesOf(coldStarts, labels)!).value++;
    if (durationMs !== undefined)
      observeIn(
        cellIn(registry, seriesOf(durations, labels)!),
        DURATION_BUCKETS,
        durationMs / 1_000,
      );
  };
}
