import { reasonOf } from "../runtime/reason.js";
import type { Conflict } from "./conflict.js";

/** The target refused a push: its status, the start of its answer, and what to do. */
export interface PushError extends Error {
  readonly name: "PushError";
  readonly status: number;
  /** The metrics that the target would not take beside those of other functions. */
  readonly conflicts: readonly Conflict[];
}

export function pushError(
  status: number,
  reason: string,
  conflicts: readonly Conflict[],
): PushError {
  // Where other code has frozen `Error.prototype`, nobody can assign a name.
  const error = Object.defineProperty(new Error(reason), "name", { value: "PushError" });
  return Object.assign(error as PushError, { status, conflicts });
}

/** What an error may tell about its request. */
interface Told {
  readonly status?: number;
  readonly code?: unknown;
  readonly syscall?: string;
  readonly cause?: unknown;
  readonly nothingSent?: unknown;
}

/** A transport of the user's may reject with anything. */
function told(error: unknown): Told {
  try {
    const { status, code, syscall, cause, nothingSent } = Object(error) as Told;
    return { status, code, syscall, cause, nothingSent } as Told;
  } catch {
    return {};
  }
}

/** @returns undefined if there was no answer */
function statusOf(error: unknown): number | undefined {
  return told(error).status;
}

/**
 * Reads the conflicts out of the error of a push.
 *
 * @param error what the push rejected with
 * @returns the metrics that the target would not take beside those of other functions
 */
export function conflictsOf(error: unknown): readonly Conflict[] {
  return (Object(error) as Partial<PushError>).conflicts ?? [];
}

/** The connection ended without an answer. */
export function isReset(error: unknown): boolean {
  const reset = /ECONNRESET|socket hang up|other side closed|connection (lost|reset|closed)/i;
  return statusOf(error) === undefined && reset.test(reasonOf(error));
}

/** The target has more work than it can do. */
export function isOverload(error: unknown): boolean {
  const status = statusOf(error);
  return status === 429 || status! >= 500;
}

/** The target is an aggregator that does not know what was acknowledged. */
export function isUnknownLife(error: unknown): boolean {
  return statusOf(error) === 410;
}

/** The push itself is wrong, so a retry would be refused again. */
export function isRefusal(error: unknown): boolean {
  return statusOf(error) !== undefined && !isOverload(error);
}

/**
 * Marks the error of a request of which no byte has left, so that its push is not in doubt.
 *
 * @returns an error of its own: what was thrown may be frozen, and its status is not the target's
 */
export function nothingSent(thrown: unknown): Error {
  return Object.assign(new Error(reasonOf(thrown)), { nothingSent: true });
}

/** The error codes of a system that made no connection, of undici, and of certificates that Node.js rejects. */
const NEVER_SENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|E(HOST|NET)UNREACH|UND_ERR_CONNECT_TIMEOUT|(.+_)?CERT(_.+)?|UNABLE_TO_.+)$/;
/** Causes may form a circle. */
const MOST_CAUSES = 9;

/** The push is in doubt: it may have been applied, or may still be. */
export function isInDoubt(error: unknown, causes = 0): boolean {
  const { status, code, syscall, cause, nothingSent } = told(error);
  if (nothingSent === true) return false;
  // A proxy answers 5xx for a gateway that it lost.
  if (status !== undefined) return status >= 500;
  // An established connection can end with the same code.
  const connecting = /^(connect|getaddrinfo)$/;
  if (syscall ? connecting.test(syscall) : NEVER_SENT.test(String(code))) return false;
  return cause === undefined || causes > MOST_CAUSES || isInDoubt(cause, causes + 1);
}
