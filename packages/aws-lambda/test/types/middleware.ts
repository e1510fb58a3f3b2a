import middy, { type MiddyfiedHandler } from "@middy/core";
import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyHandlerV2,
  APIGatewayProxyStructuredResultV2,
  Context,
} from "aws-lambda";
import { instrument } from "@prefreeze/aws-lambda";
import { prefreeze } from "@prefreeze/aws-lambda/middy";
import { type Equal, holds } from "../../../../test/types/equal.js";

// The event that middy knows stays known behind `.use()`.
const used = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
  .use(prefreeze({ job: "shop" }))
  .handler(async (event, context) => {
    holds<Equal<typeof event, APIGatewayProxyEventV2>>();
    holds<Equal<typeof context, Context>>();
    return { statusCode: 200, body: event.rawPath };
  });

const several = middy(async (event: { readonly plan: string }) => event.plan).use([
  prefreeze(),
  { before: () => undefined },
]);
holds<Equal<Parameters<typeof several>[0], { readonly plan: string }>>();

// A wrapped middy handler keeps middy's methods.
export const outside = instrument(used);
holds<Equal<typeof outside, typeof used>>();
outside.use({ after: () => undefined });
const inPlace = instrument(middy(async (event: { readonly plan: string }) => event.plan));
holds<Equal<typeof inPlace, MiddyfiedHandler<{ readonly plan: string }, string>>>();
const furnished = instrument(
  middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
    .before(({ event }) => void event.rawPath)
    .onError((request) => void (request.response = { statusCode: 500 })),
);
furnished.handler(async (event) => ({ statusCode: 200, body: event.rawPath }));
export const asDeclared: APIGatewayProxyHandlerV2<APIGatewayProxyStructuredResultV2> = furnished;
// @ts-expect-error -- a middleware has hooks
outside.use({ later: () => undefined });
// @ts-expect-error -- there is no such plan
void inPlace({ plan: 5 }, {} as Context);

// The inner handler, wrapped, is as good a handler for middy.
const inside = middy(instrument(async (event: { readonly plan: string }) => event.plan));
holds<Equal<Parameters<typeof inside>[0], { readonly plan: string }>>();

// @ts-expect-error -- there is no such option
prefreeze({ flushTimeout: 1_000 });
// @ts-expect-error -- an option's value is of the wrong type
prefreeze({ maxSeries: "1000" });
