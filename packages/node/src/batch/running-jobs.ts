import {
  expectChange,
  flushUntilMs,
  type Instance,
  invocations,
  isCollecting,
  shared,
} from "@prefreeze/core/adapter";
import { isProcessInstance } from "../server/platform.js";
import { besideEachPush } from "../server/push-every.js";
import { beforeLastPush, lastPushHasTimedOut } from "../server/process-end.js";
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
  running: new Set<(untilMs: number) => Promise<void>>(),
});

/** A push that took as long has run out of time, however exact timers are. */
const CLOSE_MS = 50;
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
  const fail = (untilMs: number) => push(false, untilMs);
  running.add(fail);
  // Elsewhere, an adapter pushes at the end.
  if (isProcessInstance(instance)) {
    beforeLastPush("jobs", endJobs);
    besideEachPush("jobs", pushLeft);
  }
  return {
    async end(succeeded) {
      if (!running.delete(fail)) return;
      const invocation = invocations.store.getStore();
      const untilMs = flushUntilMs(invocation?.deadlineMs);
      const endedMs = performance.now();
      await Promise.all([
        push(succeeded, untilMs),
        // What it has recorded in an invocation is pushed when that ends.
        invocation?.ended === false ? undefined : pushRecordings(instance, untilMs),
      ]);
      const { flushTimeoutMs } = instance.settings;
      if (pusher.pending && performance.now() - endedMs > flushTimeoutMs - CLOSE_MS)
        lastPushHasTimedOut();
    },
  };
}

/** @param untilMs when to give up, in milliseconds since 1970; default: after the flush timeout */
async function pushRecordings({ pusher }: Instance, untilMs: number | undefined): Promise<void> {
  if (!pusher) return;
  if (isCollecting()) expectChange();
  // Without a recording, a push would leave a group for nothing.
  if (!pusher.unused) await pusher.flusher.flush(untilMs);
}

/** Ends the runs that the end of the process cuts off, and pushes what is left. */
async function endJobs(untilMs: number): Promise<void> {
  const cutOff = [...jobs.running];
  jobs.running.clear();
  await Promise.all(cutOff.map((fail) => fail(untilMs)));
  await Promise.all(Array.from(jobs.pushers.values(), (pusher) => pusher.pushLeft(untilMs)));
}

/** Pushes what did not arrive when its job had ended. */
function pushLeft(): void {
  for (const pusher of jobs.pushers.values()) void pusher.pushLeft();
}
