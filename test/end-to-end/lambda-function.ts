import { InvokeCommand } from "@aws-sdk/client-lambda";
import {
  lambdaClient,
  startLambda,
  type Lambda,
  type LambdaOptions,
} from "@prefreeze/lambda-emulator";

export interface LambdaFunction {
  readonly lambda: Lambda;
  /** Invokes the function once. */
  invoke(event: object): Promise<{ readonly failed: boolean; readonly result: unknown }>;
  stop(): Promise<void>;
}

/** Runs a function in AWS's runtime client, called through AWS's SDK. */
export async function startLambdaFunction(options: LambdaOptions): Promise<LambdaFunction> {
  const lambda = await startLambda(options);
  const client = lambdaClient(lambda.endpoint);
  return {
    lambda,
    async invoke(event) {
      const answer = await client.send(
        new InvokeCommand({
          FunctionName: options.functionName,
          Payload: JSON.stringify(event),
        }),
      );
      const result: unknown = JSON.parse(answer.Payload?.transformToString() ?? "null");
      return { failed: answer.FunctionError !== undefined, result };
    },
    async stop() {
      client.destroy();
      await lambda.stop();
    },
  };
}

/** Variables with the longest possible wait for a push. */
export const patient = { PREFREEZE_FLUSH_TIMEOUT_MS: "30000" };
