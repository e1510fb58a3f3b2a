import type { Trigger } from "@prefreeze/core/adapter";
import {
  failedAnswer,
  failedEdgeAnswer,
  failedExecution,
  type ResultFailure,
} from "./result-failure.js";

/** The source of an event, as derived from its shape. */
export interface EventSource {
  readonly trigger: Trigger;
  /** The event is one HTTP request: it has a method, and its answer has a status. */
  readonly request?: boolean;
  /** The event is a batch, and the handler's result can name the items that failed. */
  readonly batch?: boolean;
  /** Tells a result that reports a failure; undefined if no result does. */
  readonly failureIn?: ResultFailure;
}

const request: EventSource = { trigger: "http", request: true, failureIn: failedAnswer };
/** A message of an open WebSocket, S3 Object Lambda: answered with a status, but not an HTTP request. */
const answered: EventSource = { trigger: "http", failureIn: failedAnswer };
/** Lambda@Edge. A result without a status lets the request or the response pass. */
const edge: EventSource = { trigger: "http", failureIn: failedEdgeAnswer };
/** Part of an answer: the value of a GraphQL field, or a failure of the origin that a handler passes on. */
const answerPart: EventSource = { trigger: "http" };
const messages: EventSource = { trigger: "pubsub" };
const messageBatch: EventSource = { trigger: "pubsub", batch: true };
const changes: EventSource = { trigger: "datasource" };
const changeBatch: EventSource = { trigger: "datasource", batch: true };
const schedule: EventSource = { trigger: "timer" };
const durable: EventSource = { trigger: "other", failureIn: failedExecution };
/** A direct call, a step of a state machine, a hook (Cognito, CloudFormation, an authorizer), or an unknown shape. */
const other: EventSource = { trigger: "other" };

/**
 * Sources by the `eventSource` of an event or of its first record.
 *
 * In OpenTelemetry, `datasource` means a read or write of a database or file system, and `pubsub` means
 * messages of a messaging system. So a stream of a table's changes is a `datasource`, and a stream that
 * producers write to (Kinesis, Kafka) is `pubsub`.
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

/** The few properties of an event that are read, each at most once. */
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
  readonly info?: {
    readonly fieldName?: unknown;
    readonly channelNamespace?: unknown;
  } | null;
  readonly typeName?: unknown;
  readonly fieldName?: unknown;
  readonly getObjectContext?: unknown;
  readonly xAmzRequestId?: unknown;
  readonly userRequest?: unknown;
  readonly DurableExecutionArn?: unknown;
  readonly CheckpointToken?: unknown;
}

interface RecordShape {
  readonly eventSource?: unknown;
  /** The spelling of SNS. */
  readonly EventSource?: unknown;
  readonly cf?: { readonly response?: unknown } | null;
  readonly info?: EventShape["info"];
}

/** Recognises the source of an event by a few of its properties. Never throws. */
export function eventSourceOf(event: unknown): EventSource {
  try {
    // `Object` makes null and undefined readable: a thrown error would cost 100 µs.
    return sourceOf(Object(event) as EventShape);
  } catch {
    // A getter threw.
    return other;
  }
}

function sourceOf(event: EventShape): EventSource {
  const context = event.requestContext;
  if (context && typeof context === "object") {
    // An authorizer gets the request too, but answers API Gateway, not the client.
    if (event.type === "REQUEST") return other;
    if (context.connectionId) return answered;
    // HTTP API and function URL; REST API and load balancer; VPC Lattice.
    if (context.http || event.httpMethod || context.serviceNetworkArn) return request;
  }
  // EventBridge Pipes send just the array of records.
  const first = event[0];
  const record = event.Records?.[0] ?? first;
  const named = byName.get(record?.eventSource ?? record?.EventSource ?? event.eventSource);
  if (named) return named;
  const { source } = event;
  if (typeof source === "string" && event["detail-type"])
    // EventBridge rules on a schedule, and EventBridge Scheduler without custom input.
    return source === "aws.events" || source === "aws.scheduler" ? schedule : messages;
  // Subscriptions of CloudWatch Logs, Firehose, and the first event format of VPC Lattice.
  if (event.awslogs || event.deliveryStreamArn) return messages;
  if (event.raw_path) return request;
  const cloudFront = record?.cf;
  if (cloudFront) return failedEdgeAnswer(cloudFront.response) ? answerPart : edge;
  // A batch resolver of AppSync gets an array.
  const info = (first ?? event).info;
  if (info?.channelNamespace) return messages;
  if (info?.fieldName || (event.typeName && event.fieldName)) return answerPart;
  if (event.getObjectContext || (event.xAmzRequestId && event.userRequest)) return answered;
  return event.DurableExecutionArn && event.CheckpointToken ? durable : other;
}
