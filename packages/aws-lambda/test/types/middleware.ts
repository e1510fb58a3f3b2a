import middy from "@middy/core";
import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Context,
} from "aws-lambda";
import { instrument } from "@prefreeze/aws-lambda";
import { prefreeze } from "@prefreeze/aws-lambda/middy";
import { type Equal, holds } from "./equal.js";

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

// @ts-expect-error -- there is no such option
prefreeze({ flushTimeout: 1_000 });
