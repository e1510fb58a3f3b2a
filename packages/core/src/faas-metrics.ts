import { appear, builtIn, builtInSeries } from "./built-in.js";
import type { Invocation, Outcome } from "./invocation.js";
import { observeIn } from "./metric.js";
import type { Platform } from "./platform.js";
import { cellIn, totalOf } from "./registry.js";

/** Seconds; from a cache hit to the longest function there is. */
const DURATION_BUCKETS = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60, 300, 900,
];
/** OpenTelemetry's word for what is over a bound. */
const OTHER = "_OTHER";
const MAX_ERROR_TYPES = 20;

/** Writes what an invocation was into its own registry. */
export type RecordOutcome = (invocation: Invocation, outcome: Outcome) => void;

/**
 * Defines the metrics that every function gets.
 *
 * Source: https://opentelemetry.io/docs/specs/semconv/faas/faas-metrics/, in Prometheus' spelling
 */
export function defineFaasMetrics({ targetInfo, initDurationMs }: Platform): RecordOutcome {
  const byTrigger = ["faas_trigger"];
  const invocations = builtIn(
    "counter",
    "faas_invocations_total",
    "Invocations that succeeded.",
    byTrigger,
  );
  const timeouts = builtIn(
    "counter",
    "faas_timeouts_total",
    "Invocations that timed out.",
    byTrigger,
  );
  const coldStarts = builtIn(
    "counter",
    "faas_coldstarts_total",
    "Invocations that were the first.",
    byTrigger,
  );
  const durations = builtIn(
    "histogram",
    "faas_invoke_duration_seconds",
    "Time of invocations.",
    byTrigger,
    DURATION_BUCKETS,
  );
  const errors = builtIn("counter", "faas_errors_total", "Invocations that failed.", [
    ...byTrigger,
    "error_type",
  ]);

  const info: Record<string, string> = {};
  for (const name in targetInfo) {
    if (targetInfo[name]) info[name] = targetInfo[name];
  }
  totalOf(
    appear(builtIn("gauge", "target_info", "This instance.", Object.keys(info)), info),
  ).value = 1;
  if (initDurationMs !== undefined) {
    const init = appear(
      builtIn("summary", "faas_init_duration_seconds", "Time before the first invocation."),
    );
    observeIn(init.total!, [], initDurationMs / 1_000);
  }

  const errorTypes = new Set<string>();
  return ({ trigger, registry, coldStart, durationMs, errorType = OTHER }, outcome) => {
    const labels = { faas_trigger: trigger };
    const succeeded = builtInSeries(invocations, labels);
    if (succeeded.total === undefined) {
      // With a trigger's first invocation all outcomes appear, so that ratios exist at 0 % and at 100 %.
      for (const each of [invocations, timeouts]) appear(each, labels);
      // Prometheus takes an empty label for an absent one.
      appear(errors, { ...labels, error_type: "" });
    }
    let decided = succeeded;
    if (outcome === "timedOut") decided = builtInSeries(timeouts, labels);
    if (outcome === "failed") {
      if (errorTypes.size < MAX_ERROR_TYPES) errorTypes.add(errorType);
      decided = builtInSeries(errors, {
        ...labels,
        error_type: errorTypes.has(errorType) ? errorType : OTHER,
      });
    }
    cellIn(registry, decided).value++;
    if (coldStart) cellIn(registry, builtInSeries(coldStarts, labels)).value++;
    observeIn(
      cellIn(registry, builtInSeries(durations, labels)),
      DURATION_BUCKETS,
      durationMs / 1_000,
    );
  };
}
