/** The target refused a push: its status, and the start of its answer. */
export interface PushError extends Error {
  readonly name: "PushError";
  readonly status: number;
}

export function pushError(status: number, answer: string): PushError {
  const error = new Error(`HTTP ${status}${answer && `: ${answer.slice(0, 500)}`}`);
  return Object.assign(error, { name: "PushError", status } as const);
}

/** @returns undefined if there was no answer */
function statusOf(error: unknown): number | undefined {
  return (Object(error) as Partial<PushError>).status;
}

/** The target has more work than it can do. */
export function isOverload(error: unknown): boolean {
  const status = statusOf(error);
  return status === 429 || status! >= 500;
}

/** The push itself is wrong, so a retry would be refused again. */
export function isRefusal(error: unknown): boolean {
  return statusOf(error) !== undefined && !isOverload(error);
}

/** The error codes of a system that made no connection, so that nothing was sent. */
const NEVER_SENT = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENOTCONN)$/;

/** The push is in doubt: it may have been applied, or may still be. */
export function isInDoubt(error: unknown): boolean {
  const { status, code, syscall, cause } = Object(error) as {
    readonly status?: number;
    readonly code?: unknown;
    readonly syscall?: string;
    readonly cause?: unknown;
  };
  // A proxy answers 5xx for a gateway that it lost.
  if (status !== undefined) return status >= 500;
  // An established connection can end with the same code.
  if (NEVER_SENT.test(String(code))) return !/^(connect|getaddrinfo)$/.test(syscall ?? "connect");
  return cause === undefined || isInDoubt(cause);
}
