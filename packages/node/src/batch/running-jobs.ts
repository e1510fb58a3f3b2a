import { flushUntilMs, type Instance, invocations, shared } from "@prefreeze/core/adapter";
import { createResultPusher, type ResultPusher } from "./result-pusher.js";

/** One run of a job. */
export interface JobRun {
  /**
   * Ends the run, unless it has ended. Resolves when its result and what it has recorded are pushed, or that has
   * failed or run out of time; never rejects.
   */
  end(succeeded: boolean): Promise<void>;
}

/** The jobs of this process, by name. */
const pushers = shared("jobs", new Map<string, ResultPusher>());
const running = shared("runningJobs", new Set<JobRun>());

/** More jobs than any program has. */
const MAX_JOBS = 1_000;

/** @throws TypeError if the group of the job could break the gateway */
export function beginJob(instance: Instance, name: string): JobRun {
  let pusher = pushers.get(name);
  if (!pusher) pushers.set(name, (pusher = createResultPusher(instance, name)));
  if (pushers.size > MAX_JOBS) pushers.delete(pushers.keys().next().value!);
  const startedMs = performance.now();
  const run: JobRun = {
    async end(succeeded) {
      if (!running.delete(run)) return;
      const invocation = invocations.store.getStore();
      const untilMs = flushUntilMs(invocation?.deadlineMs);
      await Promise.all([
        pusher.push(succeeded, performance.now() - startedMs, untilMs),
        // What it has recorded in an invocation is pushed when that ends.
        invocation?.ended === false ? undefined : flushRecordings(instance, untilMs),
      ]);
    },
  };
  running.add(run);
  return run;
}

/** @param untilMs when to give up, in milliseconds since 1970; default: after the flush timeout */
async function flushRecordings({ pusher }: Instance, untilMs: number | undefined): Promise<void> {
  // A life that has recorded nothing would leave a group for nothing.
  if (pusher && !pusher.unused) await pusher.flusher.flush(untilMs);
}

/** Ends all runs as failed, because the process ends. */
export async function failRunningJobs(): Promise<void> {
  await Promise.all([...running].map((run) => run.end(false)));
}
