import { define } from "./define.js";
import type { Invocation, Outcome, Trigger } from "./invocation.js";
import { type Metric, observeIn, type Series } from "./metric.js";
import type { Platform } from "./platform.js";
import { cellIn, totalOf } from "./registry.js";
import { seriesOfValues } from "./series.js";

/** Seconds; from a cache hit to the longest function there is. */
const DURATION_BUCKETS = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60, 300, 900,
];

/** OpenTelemetry's word for what is over a bound. */
const OTHER = "_OTHER";
const MAX_ERROR_TYPES = 20;

/**
 * The metrics that every function gets.
 *
 * Source: https://opentelemetry.io/docs/specs/semconv/faas/faas-metrics/, in Prometheus' spelling
 */
export interface FaasMetrics {
  /** Writes what an invocation was into its own registry. */
  record(invocation: Invocation & { readonly outcome: Outcome }): void;
}

interface TriggerSeries {
  readonly succeeded: Series;
  readonly timedOut: Series;
  readonly duration: Series;
}

export function defineFaasMetrics(
  targetInfo: Platform["targetInfo"],
  initDurationMs: number | undefined,
): FaasMetrics {
  const byTrigger = { labelNames: ["faas_trigger"], builtIn: true };
  const invocations = define({
    name: "faas_invocations_total",
    type: "counter",
    help: "Invocations that succeeded.",
    ...byTrigger,
  });
  const errors = define({
    name: "faas_errors_total",
    type: "counter",
    help: "Invocations that failed.",
    labelNames: ["faas_trigger", "error_type"],
    builtIn: true,
  });
  const timeouts = define({
    name: "faas_timeouts_total",
    type: "counter",
    help: "Invocations that did not end before their deadline.",
    ...byTrigger,
  });
  const coldStarts = define({
    name: "faas_coldstarts_total",
    type: "counter",
    help: "Invocations that were the first of their instance.",
    ...byTrigger,
  });
  const durations = define({
    name: "faas_invoke_duration_seconds",
    type: "histogram",
    help: "Time from the call of the handler to its end.",
    buckets: DURATION_BUCKETS,
    ...byTrigger,
  });

  const known = Object.entries(targetInfo).filter((entry): entry is [string, string] => !!entry[1]);
  const info = define({
    name: "target_info",
    type: "gauge",
    help: "What and where this instance is.",
    labelNames: known.map(([label]) => label),
    builtIn: true,
  });
  totalOf(seriesIn(info, known.map(([, value]) => value))).value = 1;
  if (initDurationMs !== undefined) {
    const init = define({
      name: "faas_init_duration_seconds",
      type: "summary",
      help: "Time from the start of the process to the function being ready.",
      labelNames: [],
      builtIn: true,
    });
    observeIn(totalOf(seriesIn(init, [])), [], initDurationMs / 1_000);
  }

  const seriesOfTrigger = new Map<Trigger, TriggerSeries>();
  const errorTypes = new Set<string>();

  /** With a trigger's first invocation all outcomes appear, so that ratios exist at 0 % and at 100 %. */
  function startTrigger(trigger: Trigger): TriggerSeries {
    const series = {
      succeeded: seriesIn(invocations, [trigger]),
      timedOut: seriesIn(timeouts, [trigger]),
      duration: seriesIn(durations, [trigger]),
    };
    totalOf(series.succeeded);
    totalOf(series.timedOut);
    // Prometheus takes an empty label for an absent one: this is the sum over no error type at all.
    totalOf(seriesIn(errors, [trigger, ""]));
    seriesOfTrigger.set(trigger, series);
    return series;
  }

  function bounded(errorType: string): string {
    if (errorTypes.size < MAX_ERROR_TYPES) errorTypes.add(errorType);
    return errorTypes.has(errorType) ? errorType : OTHER;
  }

  return {
    record({ trigger, registry, outcome, coldStart, durationMs, errorType = OTHER }) {
      const series = seriesOfTrigger.get(trigger) ?? startTrigger(trigger);
      const decided =
        outcome === "succeeded"
          ? series.succeeded
          : outcome === "timedOut"
            ? series.timedOut
            : seriesIn(errors, [trigger, bounded(errorType)]);
      cellIn(registry, decided).value += 1;
      if (coldStart) cellIn(registry, seriesIn(coldStarts, [trigger])).value += 1;
      observeIn(cellIn(registry, series.duration), DURATION_BUCKETS, durationMs / 1_000);
    },
  };
}

/** The labels of these metrics are right by construction. */
function seriesIn(metric: Metric, labelValues: readonly string[]): Series {
  return seriesOfValues(metric, labelValues)!;
}
