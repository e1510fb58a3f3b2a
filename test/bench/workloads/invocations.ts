import type { Workload } from "../workload.js";

/**
 * A workload of invocations, of two plans in turn. Each must make one snapshot.
 *
 * @param invocation runs one of them
 * @param snapshots how many snapshots there were so far
 */
export function invocationWorkload(
  invocation: (plan: string, count: number) => Promise<unknown>,
  snapshots: () => number,
): Workload {
  let invocations = 0;
  return {
    run(measured) {
      const plan = invocations++ % 2 === 0 ? "free" : "pro";
      return measured(() => invocation(plan, invocations));
    },
    finish() {
      if (snapshots() !== invocations)
        throw new Error(`${invocations} invocations, ${snapshots()} snapshots`);
    },
  };
}
