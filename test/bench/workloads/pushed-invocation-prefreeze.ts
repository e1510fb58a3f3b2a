import { httpTransport } from "@prefreeze/node";
import type { Workload } from "../workload.js";
import { prefreezeHandler } from "./prefreeze-handler.js";

/** A whole invocation: five recordings, the snapshot, and its push over the keep-alive transport. */
export function createWorkload(_: number, url: string): Workload {
  let invocations = 0;
  let pushes = 0;
  const handler = prefreezeHandler((request) => {
    pushes++;
    return httpTransport(request);
  }, url);

  return {
    run(measured) {
      const plan = invocations++ % 2 === 0 ? "free" : "pro";
      return measured(() => handler(plan, invocations));
    },
    finish() {
      if (pushes !== invocations) throw new Error(`${invocations} invocations, ${pushes} pushes`);
    },
  };
}
