import { Counter, Gauge, Histogram, Registry, Summary } from "prom-client";
import {
  BACKLOG,
  CHARGE,
  DURATION_BUCKETS,
  MESSAGES,
  ORDERS,
  SIZE,
  TARGET_INFO,
} from "./snapshot.js";

/** The metrics of an invocation with five recordings, in a prom-client registry. */
export interface PromClientMetrics {
  readonly registry: Registry;
  /** Records one invocation that began at `startedMs` of `performance.now()`. */
  record(invocation: number, plan: string, startedMs: number): void;
  /** Counts a push. */
  flushed(): void;
}

/** prefreeze's built-in metrics and those of the handler, written by hand with prom-client. */
export function promClientMetrics(): PromClientMetrics {
  const registry = new Registry();
  const registers = [registry];
  const help = "The same.";
  const labelNames = ["faas_trigger"];
  const labels = { faas_trigger: "http" };

  const succeeded = new Counter({ name: "faas_invocations_total", help, labelNames, registers });
  const timeouts = new Counter({ name: "faas_timeouts_total", help, labelNames, registers });
  const coldStarts = new Counter({ name: "faas_coldstarts_total", help, labelNames, registers });
  const errors = new Counter({
    name: "faas_errors_total",
    help,
    labelNames: [...labelNames, "error_type"],
    registers,
  });
  const durations = new Histogram({
    name: "faas_invoke_duration_seconds",
    help,
    labelNames,
    buckets: DURATION_BUCKETS,
    registers,
  });
  const init = new Summary({
    name: "faas_init_duration_seconds",
    help,
    percentiles: [],
    registers,
  });
  const info = new Gauge({
    name: "target_info",
    help,
    labelNames: Object.keys(TARGET_INFO),
    registers,
  });
  const flushes = new Counter({
    name: "prefreeze_flushes_total",
    help,
    labelNames: ["result"],
    registers,
  });
  const flushDurations = new Summary({
    name: "prefreeze_flush_duration_seconds",
    help,
    percentiles: [],
    registers,
  });
  for (const name of ["prefreeze_dropped_series_total", "prefreeze_dropped_recordings_total"]) {
    new Counter({ name, help, registers }).inc(0);
  }
  const sequence = new Gauge({ name: "prefreeze_snapshot_sequence", help, registers });
  succeeded.inc(labels, 0);
  timeouts.inc(labels, 0);
  errors.inc({ ...labels, error_type: "" }, 0);
  coldStarts.inc(labels);
  init.observe(0.12);
  info.set(TARGET_INFO, 1);
  flushes.inc({ result: "failure" }, 0);

  const orders = new Counter({ ...ORDERS, registers });
  const messages = new Counter({ ...MESSAGES, registers });
  const backlog = new Gauge({ ...BACKLOG, registers });
  const charge = new Histogram({ ...CHARGE, registers });
  const size = new Histogram({ ...SIZE, registers });

  return {
    registry,
    record(invocation, plan, startedMs) {
      orders.inc({ plan, country: "DE" });
      messages.inc({ channel: "mail" }, 2);
      backlog.set({ queue: "orders" }, invocation);
      charge.observe({ provider: "stripe" }, 0.034);
      size.observe({ plan }, 2_048);
      succeeded.inc(labels);
      durations.observe(labels, (performance.now() - startedMs) / 1_000);
      sequence.set(invocation);
    },
    flushed() {
      flushes.inc({ result: "success" });
      flushDurations.observe(0.001);
    },
  };
}
