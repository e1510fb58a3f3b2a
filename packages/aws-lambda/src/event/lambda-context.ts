/**
 * The context that Lambda passes to a handler.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html
 */
export interface LambdaContext {
  callbackWaitsForEmptyEventLoop: boolean;
  readonly functionName: string;
  readonly functionVersion: string;
  readonly invokedFunctionArn: string;
  readonly memoryLimitInMB: string;
  readonly awsRequestId: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- typed as elsewhere: it is what the caller's SDK sends
  readonly identity?: any;
  // oxlint-disable-next-line typescript/no-explicit-any -- typed as elsewhere: it is what the caller's SDK sends
  readonly clientContext?: any;
  getRemainingTimeInMillis(): number;
  done(error?: Error, result?: unknown): void;
  fail(error: Error | string): void;
  succeed(messageOrObject: unknown): void;
}
