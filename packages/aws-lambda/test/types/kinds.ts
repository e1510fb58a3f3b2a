// Every kind of handler that AWS's types declare, wrapped in place.
import type {
  ALBHandler,
  APIGatewayProxyEventV2,
  APIGatewayProxyHandler,
  APIGatewayProxyHandlerV2,
  APIGatewayProxyResultV2,
  Callback,
  Context,
  DynamoDBStreamHandler,
  EventBridgeHandler,
  Handler,
  KinesisStreamHandler,
  S3Handler,
  ScheduledHandler,
  SNSHandler,
  SQSBatchResponse,
  SQSEvent,
  SQSHandler,
  StreamifyHandler,
} from "aws-lambda";
import { instrument, type LambdaContext } from "@prefreeze/aws-lambda";
import { type Equal, holds } from "../../../../test/types/equal.js";

/** Checks that the wrapped handler has exactly the type of the handler. */
function unchanged<H extends Handler | StreamifyHandler>(handler: H): H {
  const wrapped = instrument(handler);
  holds<Equal<typeof wrapped, H>>();
  return wrapped;
}
declare const rest: APIGatewayProxyHandler;
declare const loadBalancer: ALBHandler;
declare const topic: SNSHandler;
declare const bucket: S3Handler;
declare const table: DynamoDBStreamHandler;
declare const stream: KinesisStreamHandler;
declare const schedule: ScheduledHandler;
declare const bus: EventBridgeHandler<"order", { readonly plan: string }, void>;
export const declared = [
  unchanged(rest),
  unchanged(loadBalancer),
  unchanged(topic),
  unchanged(bucket),
  unchanged(table),
  unchanged(stream),
  unchanged(schedule),
  unchanged(bus),
];

// Assigned to a declared type: event and result are checked against it.
export const http: APIGatewayProxyHandlerV2 = instrument(
  async (event: APIGatewayProxyEventV2, context: Context): Promise<APIGatewayProxyResultV2> => ({
    statusCode: 200,
    body: event.rawPath + context.functionName,
  }),
);
export const failing: SQSHandler = instrument(
  async (event: SQSEvent): Promise<SQSBatchResponse> => ({
    batchItemFailures: event.Records.map(({ messageId }) => ({ itemIdentifier: messageId })),
  }),
);
// @ts-expect-error -- the event of another service
export const wrongEvent: APIGatewayProxyHandlerV2 = instrument(async (event: SQSEvent) =>
  event.Records.map(({ body }) => body).join(),
);
// @ts-expect-error -- not the result of a queue's handler
export const wrongResult: Handler<SQSEvent, SQSBatchResponse> = instrument(
  async (_event: SQSEvent) => ({ failures: [] }),
);
const five = instrument(async (_event: unknown) => 5);
// @ts-expect-error -- the handler returns a number
export const wrongNumber: Promise<string> = five({});

// Handlers with a callback are assignable to AWS's type, and keep their own.
const withCallback = instrument(
  (event: { readonly plan: string }, _context: Context, callback: Callback<number>): void =>
    callback(null, event.plan.length),
);
export const callbackHandler: Handler<{ readonly plan: string }, number> = withCallback;
// @ts-expect-error -- the callback is missing
withCallback({ plan: "pro" }, {} as Context);
// @ts-expect-error -- the callback takes a number
withCallback({ plan: "pro" }, {} as Context, (_error: unknown, result: string) => result);

const atOnce = instrument((event: { readonly plan: string }) => event.plan);
holds<Equal<typeof atOnce, (event: { readonly plan: string }) => string>>();

// Streaming handlers, wrapped before and after `streamifyResponse()`.
declare const streaming: StreamifyHandler<{ readonly plan: string }, void>;
const before = awslambda.streamifyResponse(instrument(streaming));
const after = instrument(awslambda.streamifyResponse(streaming));
holds<Equal<typeof before, StreamifyHandler<{ readonly plan: string }, void>>>();
holds<Equal<typeof after, StreamifyHandler<{ readonly plan: string }, void>>>();
// @ts-expect-error -- there is no such plan
void before({ plan: 5 }, {} as awslambda.HttpResponseStream, {} as Context);

// Methods of a class, wrapped in the constructor and as a property.
export class Shop {
  readonly #plan = "pro";
  readonly handle = instrument(async (event: { readonly plan: string }, context) => {
    holds<Equal<typeof context, LambdaContext>>();
    return this.#plan + event.plan;
  });
  constructor() {
    this.method = instrument(this.method);
  }
  async method(event: { readonly plan: string }): Promise<string> {
    return this.#plan + event.plan;
  }
}
holds<Equal<Shop["method"], (event: { readonly plan: string }) => Promise<string>>>();
holds<
  Equal<
    Shop["handle"],
    (event: { readonly plan: string }, context: LambdaContext) => Promise<string>
  >
>();

// A handler with type parameters of its own keeps them.
const generic = instrument(async <E extends { readonly plan: string }>(event: E) => event);
holds<Equal<Awaited<ReturnType<typeof generic<{ plan: "pro" }>>>["plan"], "pro">>();

// Wrapping twice has the same type as wrapping once.
const twice = instrument(instrument(async (event: SQSEvent) => event.Records.length));
holds<Equal<typeof twice, (event: SQSEvent) => Promise<number>>>();

// @ts-expect-error -- not a handler
instrument(5);
// @ts-expect-error -- not a handler
instrument({ handler: rest });
// @ts-expect-error -- a promise of a handler
void instrument(Promise.resolve(rest));
// @ts-expect-error -- not a handler
instrument(undefined);
// @ts-expect-error -- not a handler
instrument();
