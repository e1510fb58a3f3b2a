import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyHandlerV2,
  Callback,
  Context,
  Handler,
  SQSBatchResponse,
  SQSEvent,
  SQSHandler,
} from "aws-lambda";
import { instrument, type LambdaContext, type Options } from "@prefreeze/aws-lambda";
import { type Equal, holds } from "../../../../test/types/equal.js";

interface Order {
  readonly plan: "free" | "pro";
}

// Declared handlers keep their types, callback and all.
declare const declared: Handler<Order, number>;
const wrapped = instrument(declared);
holds<Equal<typeof wrapped, Handler<Order, number>>>();

declare const http: APIGatewayProxyHandlerV2;
const wrappedHttp = instrument(http, { job: "shop" });
holds<Equal<typeof wrappedHttp, APIGatewayProxyHandlerV2>>();

declare const queue: SQSHandler;
const wrappedQueue = instrument(queue);
holds<Equal<typeof wrappedQueue, SQSHandler>>();

// A handler of a declared type can be wrapped in place.
export const inPlace: APIGatewayProxyHandlerV2 = instrument(
  async (event: APIGatewayProxyEventV2) => ({
    statusCode: 200,
    body: event.rawPath,
  }),
);
export const batch: Handler<SQSEvent, SQSBatchResponse> = instrument(
  async (event: SQSEvent, context: Context) => ({
    batchItemFailures: event.Records.map(({ messageId }) => ({
      itemIdentifier: messageId + context.awsRequestId,
    })),
  }),
);

// Inline handlers: the context needs no annotation, and the result's type is exact.
const inline = instrument(async (event: Order, context) => {
  holds<Equal<typeof context, LambdaContext>>();
  // @ts-expect-error -- a context has no such field
  void context.requestId;
  return { plan: event.plan, leftMs: context.getRemainingTimeInMillis() };
});
holds<
  Equal<
    typeof inline,
    (event: Order, context: LambdaContext) => Promise<{ plan: "free" | "pro"; leftMs: number }>
  >
>();
export const called: Promise<{ leftMs: number }> = inline({ plan: "pro" }, {} as LambdaContext);
// @ts-expect-error -- there is no such plan
void inline({ plan: "gold" }, {} as LambdaContext);

const untyped = instrument(async (event, context) => [event, context] as const);
holds<Equal<Parameters<typeof untyped>[1], LambdaContext>>();

// AWS's type of a context and ours are assignable to each other.
export const theirs: Context = {} as LambdaContext;
export const ours: LambdaContext = {} as Context;

// Handlers of other shapes keep their type.
const withCallback = instrument((event: Order, _context: Context, callback: Callback<number>) =>
  callback(null, event.plan.length),
);
holds<
  Equal<typeof withCallback, (event: Order, context: Context, callback: Callback<number>) => void>
>();

const streamed = instrument(
  async (event: Order, stream: NodeJS.WritableStream, _context: Context) =>
    void stream.end(event.plan),
);
holds<
  Equal<
    typeof streamed,
    (event: Order, stream: NodeJS.WritableStream, context: Context) => Promise<undefined>
  >
>();

const withFields = instrument(Object.assign(async (event: Order) => event.plan, { warmUp: true }));
holds<Equal<typeof withFields.warmUp, boolean>>();

// @ts-expect-error -- not a handler
instrument("handler");
// @ts-expect-error -- the option's value has the wrong type
instrument(declared, { flushTimeoutMs: "1000" });
// @ts-expect-error -- there is no such option
instrument(declared, { flushTimeout: 1_000 });
export const options: Options = {
  url: undefined,
  grouping: { stage: "prod" },
  headers: async () => ({ a: "b" }),
};
