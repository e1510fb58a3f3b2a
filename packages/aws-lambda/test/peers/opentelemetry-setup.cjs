// Preloaded, as OpenTelemetry's own layer is. Writes spans and metrics to the log, one per line.
const { registerInstrumentations } = require("@opentelemetry/instrumentation");
const { AwsLambdaInstrumentation } = require("@opentelemetry/instrumentation-aws-lambda");
const { DnsInstrumentation } = require("@opentelemetry/instrumentation-dns");
const { HttpInstrumentation } = require("@opentelemetry/instrumentation-http");
const { NetInstrumentation } = require("@opentelemetry/instrumentation-net");
const { MeterProvider, PeriodicExportingMetricReader } = require("@opentelemetry/sdk-metrics");
const { NodeTracerProvider, SimpleSpanProcessor } = require("@opentelemetry/sdk-trace-node");
const { metrics } = require("@opentelemetry/api");

const write = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const tracerProvider = new NodeTracerProvider({
  spanProcessors: [
    new SimpleSpanProcessor({
      export(spans, done) {
        for (const { name, status, attributes } of spans) write({ span: name, status, attributes });
        done({ code: 0 });
      },
      shutdown: async () => undefined,
    }),
  ],
});
tracerProvider.register();
const meterProvider = new MeterProvider({
  readers: [
    new PeriodicExportingMetricReader({
      exportIntervalMillis: 3_600_000,
      exportTimeoutMillis: 1_000,
      exporter: {
        export({ scopeMetrics }, done) {
          for (const { descriptor, dataPoints } of scopeMetrics.flatMap(({ metrics }) => metrics)) {
            write({ metric: descriptor.name, value: dataPoints[0]?.value });
          }
          done({ code: 0 });
        },
        forceFlush: async () => undefined,
        shutdown: async () => undefined,
      },
    }),
  ],
});
metrics.setGlobalMeterProvider(meterProvider);
registerInstrumentations({
  tracerProvider,
  meterProvider,
  instrumentations: [
    new AwsLambdaInstrumentation({ lambdaHandler: process.env.INSTRUMENTED }),
    new DnsInstrumentation(),
    new HttpInstrumentation(),
    new NetInstrumentation(),
  ],
});
