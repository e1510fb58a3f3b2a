/** One call of the function, as the Invoke API took it and the Runtime API hands it out. */
export interface Invocation {
  readonly requestId: string;
  readonly payload: Buffer;
  readonly functionArn: string;
  readonly traceId: string;
  /** JSON, only where the caller sent one. */
  readonly clientContext?: string;
}

/** An error of the function or of its environment in the shape AWS gives it. */
export interface FunctionError {
  /** JSON. */
  readonly payload: Buffer;
}

/** An error with AWS's name for it. */
export function functionError(error: { errorType?: string; errorMessage: string }): FunctionError {
  return { payload: Buffer.from(JSON.stringify(error)) };
}
