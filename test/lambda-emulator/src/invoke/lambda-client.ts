import { LambdaClient } from "@aws-sdk/client-lambda";
import { region } from "../runtime/function-configuration.js";

/**
 * Creates AWS's own client for an emulated Lambda. It does not retry, so every call is one
 * invocation.
 */
export function lambdaClient(endpoint: string): LambdaClient {
  return new LambdaClient({
    endpoint,
    region,
    credentials: { accessKeyId: "emulated", secretAccessKey: "emulated" },
    maxAttempts: 1,
  });
}
