/** A push that the target refused, with the status and the start of what it answered. */
export interface PushError extends Error {
  readonly name: "PushError";
  readonly status: number;
}

export function pushError(status: number, answer: string): PushError {
  const error = new Error(`HTTP ${status}${answer && `: ${answer.slice(0, 500)}`}`);
  return Object.assign(error, { name: "PushError", status } as const);
}

/** Undefined where there was no answer. */
function statusOf(error: unknown): number | undefined {
  return (Object(error) as Partial<PushError>).status;
}

/** The target has more to do than it can. */
export function isOverload(error: unknown): boolean {
  const status = statusOf(error);
  return status === 429 || status! >= 500;
}

/** The target said that the push itself is wrong, and will say so again. */
export function isRefusal(error: unknown): boolean {
  return statusOf(error) !== undefined && !isOverload(error);
}

/** What systems say where no connection was made, so that nothing was sent. */
const NEVER_SENT = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENOTCONN)$/;

/** Nobody can tell whether the push was applied, or will be. */
export function isUnclear(error: unknown): boolean {
  const { status, code, syscall, cause } = Object(error) as {
    readonly status?: number;
    readonly code?: unknown;
    readonly syscall?: string;
    readonly cause?: unknown;
  };
  // A proxy answers 5xx for a gateway that it lost.
  if (status !== undefined) return status >= 500;
  // An established connection can end with the same words.
  if (NEVER_SENT.test(String(code))) return !/^(connect|getaddrinfo)$/.test(syscall ?? "connect");
  return cause === undefined || isUnclear(cause);
}
