// What is used of the plugin interface of AWS's durable execution SDK, version 1.
// Source: https://github.com/aws/aws-durable-execution-sdk-js/blob/main/packages/aws-durable-execution-sdk-js/src/types/plugin.ts

/** A step, a wait, a child context or another operation of a durable execution. */
export interface Operation {
  readonly id: string;
  readonly parentId?: string | undefined;
  readonly status?: string | undefined;
  /** It was there before this invocation; also set for a child context without a checkpoint of its own. */
  readonly isReplay: boolean;
}

/** One invocation of a durable execution. */
export interface InvocationStart {
  readonly isFirstInvocation: boolean;
  /** The operations of earlier invocations, in the order in which they began. */
  readonly operations: Readonly<Record<string, Operation>>;
}

/** The end of an invocation: of its execution too, unless the execution is suspended or retried. */
export interface InvocationEnd {
  readonly status: "SUCCEEDED" | "FAILED" | "PENDING" | "RETRYING";
}
