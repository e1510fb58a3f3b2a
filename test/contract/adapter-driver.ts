import type { Answer, Order, WrappedAs } from "./shop.js";

/** How the contract starts and calls the function on one platform. */
export interface AdapterDriver {
  /** `cloud_platform` of `target_info`, and the platform that `explain()` names. */
  readonly platform: string;
  /** The mode that `explain()` names. */
  readonly mode: string;
  /** The job by default. */
  readonly job: string;
  /** Variables for `start` from which the platform's `target_info` comes. */
  readonly env?: Readonly<Record<string, string>>;
  /** Labels of `target_info` that the platform or those variables determine. */
  readonly targetInfo: Readonly<Record<string, string>>;
  /** Whether an instance runs one call at a time, so that calls at once start more instances. */
  readonly runsOneCallAtOnce: boolean;
  /** What the platform calls a refused connection. */
  readonly refusal: string;
  /** The longest time for a push by default. Default: 1,000. */
  readonly flushTimeoutMs?: number;
  /** The instance id by default, as the label shows it. */
  readonly instance: RegExp;
  /**
   * Starts the function on the platform. It is stopped when the test ends.
   *
   * @param mostInstances how many instances may run at once, if each runs one call at a time
   */
  start(
    wrappedAs: WrappedAs,
    env: Readonly<Record<string, string>>,
    mostInstances: number,
  ): Promise<RunningFunction>;
}

/** The function on its platform, until the test ends. */
export interface RunningFunction {
  /** Calls it over HTTP, or by an event of HTTP. Calls at once are sent at once. */
  call(order: Order): Promise<Answer | "failed">;
  /** Instances that it has had so far: environments, isolates or processes. */
  instances(): number;
  /** Everything that it and its platform have logged so far. */
  logs(): string;
}
