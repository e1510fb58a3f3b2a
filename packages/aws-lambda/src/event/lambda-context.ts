/**
 * The context that Lambda passes to a handler.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html
 */
export interface LambdaContext {
  /** Whether the answer of a callback waits until the event loop is empty; up to nodejs22.x. */
  callbackWaitsForEmptyEventLoop: boolean;
  /** The name of the function. */
  readonly functionName: string;
  /** The version of the function: `$LATEST`, or a number. */
  readonly functionVersion: string;
  /** The ARN that the caller used, with an alias or a version if it named one. */
  readonly invokedFunctionArn: string;
  /** The memory of the function, in MB, as text. */
  readonly memoryLimitInMB: string;
  /** The id of the invocation. */
  readonly awsRequestId: string;
  /** The log group of the function. */
  readonly logGroupName: string;
  /** The log stream of the execution environment. */
  readonly logStreamName: string;
  /** The Cognito identity of the caller, if there is one. */
  // oxlint-disable-next-line typescript/no-explicit-any -- typed as elsewhere: it is what the caller's SDK sends
  readonly identity?: any;
  /** The context that the caller\'s mobile SDK sends, if there is one. */
  // oxlint-disable-next-line typescript/no-explicit-any -- typed as elsewhere: it is what the caller's SDK sends
  readonly clientContext?: any;
  /** Time left until the timeout, in milliseconds. */
  getRemainingTimeInMillis(): number;
  /** Answers with an error or a result; up to nodejs22.x. */
  done(error?: Error, result?: unknown): void;
  /** Answers with an error; up to nodejs22.x. */
  fail(error: Error | string): void;
  /** Answers with a result; up to nodejs22.x. */
  succeed(messageOrObject: unknown): void;
}
