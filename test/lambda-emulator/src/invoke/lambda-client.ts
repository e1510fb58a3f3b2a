import { LambdaClient } from "@aws-sdk/client-lambda";
import { region } from "../runtime/function-configuration.js";

/** AWS's own client for an emulated Lambda: no retries, so that every call is one invocation. */
export function lambdaClient(endpoint: string): LambdaClient {
  return new LambdaClient({
    endpoint,
    region,
    credentials: { accessKeyId: "emulated", secretAccessKey: "emulated" },
    maxAttempts: 1,
  });
}
