import type { Invocation } from "../invocation/invocation.js";
import type { Trigger } from "../invocation/vocabulary.js";

/** Describes one invocation to the flow: what triggered it, when it ends, and how its environment stays awake. */
export interface InvocationDescriptor {
  /** Identifies the invocation while it runs: a nested call with the same key is the same invocation, wrapped twice. */
  readonly key: unknown;
  /** The platform's request id; empty if it has none. */
  readonly id: string;
  /** What triggered it. */
  readonly trigger: Trigger;
  /** When the platform ends the invocation, in milliseconds since 1970. */
  readonly deadlineMs?: number | undefined;
  /** The error type of a result that reports a failure; undefined for any other result. */
  failureIn?(result: unknown): string | undefined;
  /** Whether a thrown value is an answer, which is no failure. By default it is a failure. */
  isAnswer?(thrown: unknown): boolean;
  /** Whether a thrown value only interrupts the invocation, which another call repeats: this one counts nothing. */
  isInterruption?(thrown: unknown): boolean;
  /** Called before the handler runs; for invocations that can end by more than a return: by a callback, say. */
  started?(observation: Observation): void;
  /**
   * Returns what the caller gets instead of the handler's result: one that is equal to it and tells when it
   * has ended, as the body of a response does. Called just before `completion`.
   */
  passOn?(result: unknown): unknown;
  /**
   * Resolves when the invocation has ended, if that is later than the handler's return (streams,
   * callbacks). Undefined if the return was the end. If it rejects, the invocation has failed, whatever the
   * handler returned.
   *
   * @param promised the handler returned a promise, which has resolved
   */
  completion?(promised: boolean): Promise<unknown> | undefined;
  /** The caller gets the handler's result at once and does not wait for `completion`. Default `false`. */
  readonly detached?: boolean;
  /** The platform takes a promise for any result, so a result waits for the flush in one. Default `false`. */
  readonly takesPromise?: boolean;
  /**
   * It does not share its push with others, since what it ends waits for the flush. Default `false`.
   *
   * @param threw the handler threw
   */
  flushesAtOnce?(threw: boolean): boolean;
  /**
   * Records what else the platform tells about the invocation among its recordings, just before they are
   * merged into the totals.
   *
   * @param result undefined if the handler threw
   */
  collect?(invocation: Invocation, result: unknown): void;
  /**
   * Starts the flush, and keeps the environment from freezing until it resolves. It always does. Not called if
   * concurrent requests push what this one has recorded.
   *
   * @param flush to be called once; with `true`, it does not keep the process running
   * @param threw the handler threw, which ends the process on some platforms
   * @returns what the handler's caller must wait for; undefined if the platform waits by itself (`waitUntil`)
   */
  keepAlive(
    flush: (background?: boolean) => Promise<void>,
    threw: boolean,
  ): Promise<void> | undefined;
}

/** An invocation under observation. The first end that is reported wins. */
export interface Observation {
  /** The handler's end is known: by `returned` or by `threw`. */
  isSettled(): boolean;
  /** Runs code as this invocation. */
  run<R>(code: () => R): R;
  /** See `InvocationDescriptor`. */
  passOn<R>(result: R): R;
  /** See `InvocationDescriptor`. */
  completion(promised: boolean): Promise<unknown> | undefined;
  /** See `InvocationDescriptor`. */
  readonly detached: boolean;
  /** See `InvocationDescriptor`. */
  readonly takesPromise: boolean;
  /**
   * Merges what was recorded so far into the totals.
   *
   * @param push pushes them, too
   */
  soFar(push: boolean): Promise<void> | undefined;
  /**
   * Ends the invocation with the handler's result.
   *
   * @returns what the caller must wait for; what is left of that if the invocation has ended already
   */
  readonly returned: (result: unknown) => Promise<void> | undefined;
  /** Ends the invocation with the error that the handler threw. @returns as `returned` does */
  readonly threw: (error: unknown) => Promise<void> | undefined;
  /** The platform is about to end the invocation. That is its outcome, whatever it still does; pushes at once. */
  readonly timedOut: () => void;
}
