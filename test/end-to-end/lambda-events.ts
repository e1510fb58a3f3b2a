// What AWS sends, with no field left out. Sources:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
// https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-run-lambda-schedule.html
import type { APIGatewayProxyEventV2, EventBridgeEvent, SQSEvent } from "aws-lambda";

/** A request to an HTTP API, payload 2.0. */
export function httpApiEvent(body: string, isBase64Encoded = false): APIGatewayProxyEventV2 {
  return {
    version: "2.0",
    routeKey: "POST /orders",
    rawPath: "/orders",
    rawQueryString: "",
    headers: { "content-type": "application/json", host: "orders.example" },
    requestContext: {
      accountId: "123456789012",
      apiId: "orders",
      domainName: "orders.example",
      domainPrefix: "orders",
      http: {
        method: "POST",
        path: "/orders",
        protocol: "HTTP/1.1",
        sourceIp: "192.0.2.1",
        userAgent: "test",
      },
      requestId: "JKJaXmPLvHcESHA=",
      routeKey: "POST /orders",
      stage: "$default",
      time: "25/Nov/2026:08:00:00 +0000",
      timeEpoch: 1_795_593_600_000,
    },
    body,
    isBase64Encoded,
  };
}

/** A batch of messages; their ids are `message-0`, `message-1`, … */
export function sqsEvent(bodies: readonly string[]): SQSEvent {
  return {
    Records: bodies.map((body, index) => ({
      messageId: `message-${index}`,
      receiptHandle: `receipt-${index}`,
      body,
      attributes: {
        ApproximateReceiveCount: "1",
        SentTimestamp: "1795593600000",
        SenderId: "AIDAEXAMPLE",
        ApproximateFirstReceiveTimestamp: "1795593600010",
      },
      messageAttributes: {},
      md5OfBody: "e4e68fb7bd0e697a0ae8f1bb342846b3",
      eventSource: "aws:sqs",
      eventSourceARN: "arn:aws:sqs:eu-central-1:123456789012:orders",
      awsRegion: "eu-central-1",
    })),
  };
}

/** What a scheduled rule sends. */
export function scheduledEvent(): EventBridgeEvent<"Scheduled Event", object> {
  return {
    version: "0",
    id: "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
    "detail-type": "Scheduled Event",
    source: "aws.events",
    account: "123456789012",
    time: "2026-11-25T08:00:00Z",
    region: "eu-central-1",
    resources: ["arn:aws:events:eu-central-1:123456789012:rule/backlog"],
    detail: {},
  };
}
