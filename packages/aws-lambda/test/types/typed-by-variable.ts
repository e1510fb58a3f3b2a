// Inline handlers without annotations: their parameters get the types of what the wrapped handler is assigned to.
import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyHandlerV2,
  Handler,
  SQSEvent,
  SQSHandler,
} from "aws-lambda";
import { instrument, type LambdaContext } from "@prefreeze/aws-lambda";
import { type Equal, holds } from "../../../../test/types/equal.js";

export const queue: SQSHandler = instrument(async (event) => {
  holds<Equal<typeof event, SQSEvent>>();
  // @ts-expect-error -- an event of SQS has no such field
  void event.nonsense.x;
});

export const http: APIGatewayProxyHandlerV2 = instrument(async (event, context) => {
  holds<Equal<typeof event, APIGatewayProxyEventV2>>();
  // @ts-expect-error -- a context has no such field
  void context.nonsense;
  return { statusCode: 200, body: event.rawPath + context.awsRequestId };
});

export const withCallback: Handler<{ readonly a: number }, string> = instrument(
  (event, context, callback) => {
    callback(null, String(event.a) + context.awsRequestId);
    // @ts-expect-error -- the callback takes a string
    callback(null, 5);
    // @ts-expect-error -- the event has no such field
    void event.b;
  },
);

// @ts-expect-error -- the handler returns a number
export const wrongResult: Handler<{ readonly a: number }, string> = instrument(
  async (event) => event.a,
);

// Inside `streamifyResponse()`, too. Before TypeScript 5.9, an event without annotation has no type there.
export const stream = awslambda.streamifyResponse(
  instrument(async (event: APIGatewayProxyEventV2, stream, context) => {
    stream.write(event.rawPath + context.awsRequestId);
    stream.end();
    // @ts-expect-error -- a stream has no such method
    stream.nonsense();
  }),
);

// Functions that wrap any handler keep its type.
export function shared<E, R>(
  handler: (event: E, context: LambdaContext) => Promise<R>,
): (event: E, context: LambdaContext) => Promise<R> {
  return instrument(handler);
}
export function sharedExactly<H extends (event: never, context: LambdaContext) => unknown>(
  handler: H,
): H {
  return instrument(handler);
}
export function sharedDeclared<E, R>(handler: Handler<E, R>): Handler<E, R> {
  return instrument(handler);
}
export function made<E, R>(run: (event: E) => Promise<R>): Handler<E, R> {
  return instrument(async (event) => run(event));
}
holds<
  Equal<
    ReturnType<typeof sharedExactly<(event: { readonly a: 1 }) => Promise<5>>>,
    (event: { readonly a: 1 }) => Promise<5>
  >
>();
