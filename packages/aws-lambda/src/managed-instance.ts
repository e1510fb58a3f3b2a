/**
 * Whether this runs on Lambda Managed Instances: never frozen, several worker threads in a process, each
 * with several invocations at once.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances-nodejs-runtime.html
 */
export function isManagedInstance(): boolean {
  return process.env["AWS_LAMBDA_MAX_CONCURRENCY"] !== undefined;
}
