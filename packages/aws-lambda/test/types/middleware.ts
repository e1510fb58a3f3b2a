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

// `.use()` keeps the type of the event that middy knows.
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
const withHooks = instrument(
  middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
    .before(({ event }) => void event.rawPath)
    .onError((request) => void (request.response = { statusCode: 500 })),
);
withHooks.handler(async (event) => ({ statusCode: 200, body: event.rawPath }));
export const asDeclared: APIGatewayProxyHandlerV2<APIGatewayProxyStructuredResultV2> = withHooks;
// @ts-expect-error -- there is no such hook
outside.use({ later: () => undefined });
// @ts-expect-error -- there is no such plan
void inPlace({ plan: 5 }, {} as Context);

// Middy accepts a wrapped handler.
const inside = middy(instrument(async (event: { readonly plan: string }) => event.plan));
holds<Equal<Parameters<typeof inside>[0], { readonly plan: string }>>();

// @ts-expect-error -- there is no such option
prefreeze({ flushTimeout: 1_000 });
// @ts-expect-error -- the option's value has the wrong type
prefreeze({ maxSeries: "1000" });
