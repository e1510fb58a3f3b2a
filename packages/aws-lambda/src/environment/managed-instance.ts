/**
 * Whether this process runs on Lambda Managed Instances. They are never frozen, and a process has several
 * worker threads, each with concurrent invocations.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances-nodejs-runtime.html
 */
export function isManagedInstance(): boolean {
  return process.env["AWS_LAMBDA_MAX_CONCURRENCY"] !== undefined;
}
