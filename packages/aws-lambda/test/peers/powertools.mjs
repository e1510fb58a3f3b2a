// Powertools for AWS Lambda and prefreeze in the same functions, used as Powertools' documentation shows.
import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { logMetrics } from "@aws-lambda-powertools/metrics/middleware";
import { Tracer } from "@aws-lambda-powertools/tracer";
import { captureLambdaHandler } from "@aws-lambda-powertools/tracer/middleware";
import middy from "@middy/core";
import { counter, instrument } from "@prefreeze/aws-lambda";

const orders = counter({ name: "orders_total", help: "Orders accepted." });
const metrics = new Metrics({ namespace: "shop", serviceName: "orders" });
const tracer = new Tracer({ serviceName: "orders" });
const processor = new BatchProcessor(EventType.SQS);

export const publishes = instrument(async () => {
  orders.inc();
  metrics.addMetric("orders", MetricUnit.Count, 1);
  metrics.publishStoredMetrics();
  return { ok: true };
});

export const everything = instrument(
  middy(async (event) => {
    orders.inc();
    metrics.addMetric("orders", MetricUnit.Count, 1);
    tracer.putAnnotation("plan", "pro");
    if (event.throws) throw new RangeError("no");
    return { ok: true, traced: tracer.getRootXrayTraceId() !== undefined };
  })
    .use(captureLambdaHandler(tracer))
    .use(logMetrics(metrics, { captureColdStartMetric: true })),
);

export const batch = instrument((event, context) =>
  processPartialResponse(
    event,
    async ({ body }) => {
      if (body === "poison") throw new RangeError("no");
      orders.inc();
    },
    processor,
    { context },
  ),
);
