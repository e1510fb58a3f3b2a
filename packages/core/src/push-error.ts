/** A push that the target refused, with the status and the start of what it answered. */
export interface PushError extends Error {
  readonly name: "PushError";
  readonly status: number;
}

export function pushError(status: number, answer: string): PushError {
  const error = new Error(`HTTP ${status}${answer && `: ${answer.slice(0, 500)}`}`);
  return Object.assign(error, { name: "PushError", status } as const);
}
