import { afterAwakeMs } from "./awake-timer.js";

/** Why work failed. */
export interface Failure {
  readonly error: unknown;
}

/**
 * Resolves with the failure, or undefined, and in time whatever `work` does.
 *
 * @param background its timer keeps no process running
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
