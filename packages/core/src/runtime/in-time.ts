import { afterAwakeMs } from "./awake-timer.js";

/** Why work failed. */
export interface Failure {
  readonly error: unknown;
}

/**
 * Waits for `work`, but never longer than `timeoutMs`, and never rejects.
 *
 * @param background the timer does not keep the process running
 * @returns the failure, a timeout included; undefined if `work` succeeded
 */
export function inTime(
  work: Promise<void>,
  timeoutMs: number,
  background: boolean,
): Promise<Failure | undefined> {
  return new Promise((resolve) => {
    const end = (failure?: Failure) => {
      cancel();
      resolve(failure);
    };
    const cancel = afterAwakeMs(
      timeoutMs,
      () => end({ error: new Error(`no answer within ${Math.round(timeoutMs)} ms`) }),
      background,
    );
    work.then(
      () => end(),
      (error: unknown) => end({ error }),
    );
  });
}
