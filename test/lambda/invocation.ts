/** One call of the function, as the Invoke API took it and the Runtime API hands it out. */
export interface Invocation {
  readonly requestId: string;
  readonly payload: Buffer;
  readonly functionArn: string;
  readonly traceId: string;
  /** JSON, only where the caller sent one. */
  readonly clientContext?: string;
}

/** What the caller gets: the function's result, or with `failed` its error as JSON. */
export interface Answer {
  readonly payload: Buffer;
  readonly failed: boolean;
}

/** An error of the function or of its environment in the shape AWS gives it. */
export function failure(error: { errorType?: string; errorMessage: string }): Answer {
  return { payload: Buffer.from(JSON.stringify(error)), failed: true };
}
