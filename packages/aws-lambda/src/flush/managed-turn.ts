/** How often a thread of a Managed Instance pushes, if the process has few threads. */
const MIN_PERIOD_MS = 5_000;
/** Time between the turns of two threads, so that a process makes at most two pushes per second. */
const STEP_MS = 500;

/**
 * Milliseconds until it is this thread's turn to push. Without turns, all threads of a process would push at
 * the same time, since they get their invocations at the same time.
 *
 * AWS starts as many threads as the variable says, by default 8 per vCPU. Source: its runtime client.
 */
export function msUntilTurn(): number {
  const { threadId } = process.getBuiltinModule("node:worker_threads");
  const threads =
    Number(process.env["AWS_LAMBDA_NODEJS_WORKER_COUNT"]) ||
    8 * process.getBuiltinModule("node:os").availableParallelism();
  const periodMs = Math.max(MIN_PERIOD_MS, threads * STEP_MS);
  const turnMs = ((threadId % threads) * periodMs) / threads;
  return periodMs - ((Date.now() - turnMs) % periodMs);
}
