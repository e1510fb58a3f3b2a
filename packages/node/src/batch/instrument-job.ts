import type { Options } from "@prefreeze/core";
import { builtIn, guarded, guardedStart } from "@prefreeze/core/adapter";
import { processInstance } from "../server/platform.js";
import { JOB_METRICS } from "./job-result.js";
import { beginJob } from "./running-jobs.js";

/** The longest name, in characters. */
const MAX_NAME_LENGTH = 255;

/**
 * Runs a batch job, and pushes how it has ended before it returns: `batch_job_duration_seconds`, `batch_job_success`
 * and `batch_job_last_success_timestamp_seconds`, in a group of the job's own. What the job records is pushed as
 * well, with everything else that the process counts.
 *
 * A job has failed if it throws or rejects, or if SIGTERM or SIGINT ends the process while it runs. Under test
 * runners and without a gateway it just runs.
 *
 * @param name of the job, the same for all its runs: from 1 to 255 characters
 * @param run the job; it may return a promise
 * @param options those of the process, if nothing else has set them
 * @returns what `run` returns, when the pushes have succeeded or failed, or `flushTimeoutMs` is over. It rejects with
 *   the error of `run`, as it is
 * @throws TypeError if the name cannot be used, `run` is not a function, or the program has a metric with one of
 *   these names and another shape
 */
export function instrumentJob<R>(
  name: string,
  run: () => R,
  options: Options = {},
): Promise<Awaited<R>> {
  if (typeof name !== "string" || !name || name.length > MAX_NAME_LENGTH)
    throw new TypeError(
      `prefreeze: instrumentJob() needs a name of 1 to ${MAX_NAME_LENGTH} characters`,
    );
  if (typeof run !== "function")
    throw new TypeError(
      `prefreeze: instrumentJob(${JSON.stringify(name)}) needs a function to run`,
    );
  // They have no series in the snapshots of the process, but nothing else may take their names.
  for (const [metric, help] of Object.entries(JOB_METRICS)) builtIn("gauge", metric, help);
  const instance = guardedStart(() => processInstance(options));
  return observed(run, instance?.pusher && guarded(() => beginJob(instance, name)));
}

async function observed<R>(
  run: () => R,
  job: ReturnType<typeof beginJob> | undefined,
): Promise<Awaited<R>> {
  let result: Awaited<R>;
  try {
    result = await run();
  } catch (error) {
    await job?.end(false);
    throw error;
  }
  await job?.end(true);
  return result;
}
