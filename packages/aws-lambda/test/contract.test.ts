import { testAdapter } from "../../../test/contract/test-adapter.js";
import type { Answer } from "../../../test/contract/shop.js";
import { deployBundle, useBundle } from "./deploy.js";
import { httpEvents } from "./events/http.js";

// Minifying would change the names of functions, which the contract reads.
const bundle = useBundle("contract.ts", { format: "cjs", minify: false });

testAdapter({
  platform: "aws_lambda",
  mode: "flush before returning",
  job: "shop",
  targetInfo: { faas_name: "shop", faas_version: "$LATEST", cloud_region: "eu-central-1" },
  runsOneCallAtOnce: true,
  refusal: "ECONNREFUSED",
  // The name of the log stream without its prefix, by which users find the environment's logs.
  instance: /^[0-9a-f]{8}-/,
  async start(wrappedAs, env, maxEnvironments) {
    const { invoke, lambda } = await deployBundle(bundle(), {
      exported: "handler",
      env: { ...env, WRAPPED_AS: wrappedAs },
      maxEnvironments,
    });
    return {
      async call(order) {
        const event = { ...httpEvents["a function URL"], body: JSON.stringify(order) };
        const { result, errorType } = await invoke(event);
        if (errorType !== undefined) return "failed";
        const { statusCode, body } = result as { statusCode: number; body: string };
        return { status: statusCode, body: JSON.parse(body) as unknown } satisfies Answer;
      },
      instances: () => lambda.coldStarts(),
      logs: () => lambda.logs(),
    };
  },
});
