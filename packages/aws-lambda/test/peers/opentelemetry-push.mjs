// OpenTelemetry's metrics SDK, used by hand: everything is exported before the handler returns.
// Bundled and run by test/bench/lambda.
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";

const exporter = new OTLPMetricExporter({ url: `${process.env.PUSHGATEWAY_URL}/v1/metrics` });
const provider = new MeterProvider({
  readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })],
});
const meter = provider.getMeter("shop");
const orders = meter.createCounter("orders");
const messages = meter.createCounter("messages");
const backlog = meter.createGauge("backlog");
const charge = meter.createHistogram("charge.duration", { unit: "s" });
const size = meter.createHistogram("order.size", {
  advice: { explicitBucketBoundaries: [100, 1_000, 10_000, 100_000] },
});
const invoked = meter.createCounter("faas.invocations");
const durations = meter.createHistogram("faas.invoke_duration", { unit: "s" });

let invocations = 0;

export const handler = async () => {
  const startedMs = performance.now();
  const plan = invocations++ % 2 === 0 ? "free" : "pro";
  orders.add(1, { plan, country: "DE" });
  messages.add(2, { channel: "mail" });
  backlog.record(invocations, { queue: "orders" });
  charge.record(0.034, { provider: "stripe" });
  size.record(2_048, { plan });
  invoked.add(1, { "faas.trigger": "other" });
  durations.record((performance.now() - startedMs) / 1_000, { "faas.trigger": "other" });
  await provider.forceFlush();
  const { user, system } = process.cpuUsage();
  return { cpuUs: user + system };
};
