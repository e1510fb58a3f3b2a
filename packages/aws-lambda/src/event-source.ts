import type { Trigger } from "@prefreeze/core/adapter";

/** What the shape of an event tells of who sent it. */
export interface EventSource {
  readonly trigger: Trigger;
  /** It is one HTTP request: it has a method, and its answer a status. */
  readonly request?: boolean;
  /** The handler's result can name the items of the batch that failed. */
  readonly batch?: boolean;
}

const request: EventSource = { trigger: "http", request: true };
/** A message in an open connection: answered with a status, but no HTTP request. */
const webSocket: EventSource = { trigger: "http" };
const messages: EventSource = { trigger: "pubsub" };
const messageBatch: EventSource = { trigger: "pubsub", batch: true };
const changes: EventSource = { trigger: "datasource" };
const changeBatch: EventSource = { trigger: "datasource", batch: true };
const schedule: EventSource = { trigger: "timer" };
/** A direct call, a step of a state machine, a hook (Cognito, CloudFormation, an authorizer), what is unknown. */
const other: EventSource = { trigger: "other" };

/**
 * By the `eventSource` of an event or of its first record.
 *
 * OpenTelemetry: `datasource` is a response to a read or write of a database or file system, `pubsub` to
 * messages that were sent to a messaging system. So a stream of a table's changes is the former, and a
 * stream that producers put records into (Kinesis, Kafka) the latter.
 */
const byName: ReadonlyMap<unknown, EventSource> = new Map([
  ["aws:sqs", messageBatch],
  ["aws:kinesis", messageBatch],
  ["aws:kafka", messageBatch],
  ["SelfManagedKafka", messageBatch],
  ["aws:sns", messages],
  ["aws:ses", messages],
  ["aws:mq", messages],
  ["aws:rmq", messages],
  ["aws:dynamodb", changeBatch],
  ["aws:docdb", changes],
  ["aws:s3", changes],
]);

/** The few properties that are read of an event, each at most once. */
interface EventShape {
  readonly requestContext?: {
    readonly connectionId?: unknown;
    readonly http?: unknown;
    readonly serviceNetworkArn?: unknown;
  } | null;
  readonly type?: unknown;
  readonly httpMethod?: unknown;
  readonly Records?: readonly (RecordShape | null)[] | null;
  readonly 0?: RecordShape | null;
  readonly eventSource?: unknown;
  readonly source?: unknown;
  readonly "detail-type"?: unknown;
  readonly awslogs?: unknown;
  readonly deliveryStreamArn?: unknown;
  readonly raw_path?: unknown;
}

interface RecordShape {
  readonly eventSource?: unknown;
  /** As SNS spells it. */
  readonly EventSource?: unknown;
}

/** Tells who sent an event, by a few of its properties; never throws, whatever the event is. */
export function eventSourceOf(event: unknown): EventSource {
  try {
    // Null and undefined have no properties, and an error that is thrown costs 100 µs.
    return sourceOf(Object(event) as EventShape);
  } catch {
    // A getter that throws.
    return other;
  }
}

function sourceOf(event: EventShape): EventSource {
  const context = event.requestContext;
  if (context && typeof context === "object") {
    // An authorizer gets the request too, and answers API Gateway, not the client.
    if (event.type === "REQUEST") return other;
    if (context.connectionId) return webSocket;
    // HTTP API and function URL; REST API and load balancer; VPC Lattice.
    if (context.http || event.httpMethod || context.serviceNetworkArn) return request;
  }
  // EventBridge Pipes send the records alone.
  const record = event.Records?.[0] ?? event[0];
  const named = byName.get(record?.eventSource ?? record?.EventSource ?? event.eventSource);
  if (named) return named;
  const { source } = event;
  if (typeof source === "string" && event["detail-type"])
    // EventBridge rules on a schedule, and EventBridge Scheduler where no other input was chosen.
    return source === "aws.events" || source === "aws.scheduler" ? schedule : messages;
  // Subscriptions of CloudWatch Logs, Firehose, and the first event format of VPC Lattice.
  if (event.awslogs || event.deliveryStreamArn) return messages;
  return event.raw_path ? request : other;
}
