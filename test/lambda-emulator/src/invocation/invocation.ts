/** One call of the function, as the Invoke API receives it and the Runtime API hands it out. */
export interface Invocation {
  readonly requestId: string;
  readonly payload: Buffer;
  readonly functionArn: string;
  readonly traceId: string;
  /** JSON. Absent unless the caller sent one. */
  readonly clientContext?: string;
}

/** An error of the function or of its environment, in AWS's format. */
export interface FunctionError {
  /** JSON. */
  readonly payload: Buffer;
}

/** Creates an error with the name that AWS uses for it. */
export function functionError(error: { errorType?: string; errorMessage: string }): FunctionError {
  return { payload: Buffer.from(JSON.stringify(error)) };
}
