/** Within what time a thread of a Managed Instance pushes what is new, where the process has few of them. */
const LEAST_PERIOD_MS = 5_000;
/** Between the turns of two threads, so that a process has two pushes a second at most. */
const STEP_MS = 500;

/**
 * How long until this thread's turn to push, in milliseconds: all of a process' threads get invocations at
 * once, and would push at once.
 *
 * AWS starts as many threads as the variable says, by default 8 for each vCPU. Source: its runtime client.
 */
export function msUntilTurn(): number {
  const { threadId } = process.getBuiltinModule("node:worker_threads");
  const threads =
    Number(process.env["AWS_LAMBDA_NODEJS_WORKER_COUNT"]) ||
    8 * process.getBuiltinModule("node:os").availableParallelism();
  const periodMs = Math.max(LEAST_PERIOD_MS, threads * STEP_MS);
  const turnMs = ((threadId % threads) * periodMs) / threads;
  return periodMs - ((Date.now() - turnMs) % periodMs);
}
