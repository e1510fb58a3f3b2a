import {
  expectChange,
  flushUntilMs,
  type Instance,
  invocations,
  isCollecting,
  shared,
} from "@prefreeze/core/adapter";
import { isProcessInstance } from "../server/platform.js";
import { beforeLastPush, lastPushHasFailed } from "../server/process-end.js";
import { createResultPusher, type ResultPusher } from "./result-pusher.js";

/** One run of a job. */
export interface JobRun {
  /**
   * Ends the run, unless it has ended. Resolves when its result and what it has recorded are pushed, or that has
   * failed or run out of time; never rejects.
   */
  end(succeeded: boolean): Promise<void>;
}

/** Of all copies of this package. */
const jobs = shared("jobs", {
  pushers: new Map<string, ResultPusher>(),
  /** Each ends its run as failed, because the process ends. */
  running: new Set<() => Promise<void>>(),
});

/** More jobs than any program has. */
const MAX_JOBS = 1_000;

/** @throws TypeError if the group of the job could break the gateway */
export function beginJob(instance: Instance, name: string): JobRun {
  const { pushers, running } = jobs;
  let pusher = pushers.get(name);
  if (!pusher) pushers.set(name, (pusher = createResultPusher(instance, name)));
  if (pushers.size > MAX_JOBS) pushers.delete(pushers.keys().next().value!);
  const startedMs = performance.now();
  const push = (succeeded: boolean, untilMs?: number) =>
    pusher.push(succeeded, performance.now() - startedMs, untilMs);
  // What it has recorded goes with the last push of the process.
  const fail = () => push(false);
  running.add(fail);
  // Elsewhere, an adapter pushes at the end.
  if (isProcessInstance(instance)) beforeLastPush("jobs", failRunningJobs);
  return {
    async end(succeeded) {
      if (!running.delete(fail)) return;
      const invocation = invocations.store.getStore();
      const untilMs = flushUntilMs(invocation?.deadlineMs);
      await Promise.all([
        push(succeeded, untilMs),
        // What it has recorded in an invocation is pushed when that ends.
        invocation?.ended === false ? undefined : pushRecordings(instance, untilMs),
      ]);
    },
  };
}

/** @param untilMs when to give up, in milliseconds since 1970; default: after the flush timeout */
async function pushRecordings({ pusher }: Instance, untilMs: number | undefined): Promise<void> {
  if (!pusher) return;
  if (isCollecting()) expectChange();
  // Without a recording, a push would leave a group for nothing.
  if (pusher.unused) return;
  await pusher.flusher.flush(untilMs);
  if (pusher.flusher.pending) lastPushHasFailed();
}

async function failRunningJobs(): Promise<void> {
  const failures = [...jobs.running];
  jobs.running.clear();
  await Promise.all(failures.map((fail) => fail()));
}
