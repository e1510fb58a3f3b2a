import { invocations } from "@prefreeze/core/adapter";
import { describeCall } from "../handlers/call.js";
import type { WorkerOptions } from "../runtime/worker-options.js";
import { asHandler, type DescribeCall, type Kind } from "./kind.js";
import { measuredClass } from "./measured-class.js";
import { observeSteps } from "./workflow-steps.js";

/** A class that extends `WorkflowEntrypoint` of `cloudflare:workers`. */
export type WorkflowClass = abstract new (
  // oxlint-disable-next-line typescript/no-explicit-any -- the only constraint that every class meets
  ...args: any[]
) => { readonly __WORKFLOW_ENTRYPOINT_BRAND: never };

const describe = asHandler(describeCall("other"));

const describeRun: DescribeCall = (call) => {
  const [event, step] = call.args;
  const { instanceId } = Object(event) as { readonly instanceId?: unknown };
  // The engine may call `run` again beside a call that it has given up.
  const described = { ...describe(call), key: {} };
  return {
    ...described,
    ...(typeof instanceId === "string" && { id: instanceId }),
    started() {
      const run = invocations.running.get(described.key);
      if (run) observeSteps(Object(step) as object, run, described);
    },
    // Steps throw this to end a run that is paused. It is replayed later.
    isInterruption: (thrown) =>
      thrown instanceof Error && thrown.message.startsWith("Aborting engine:"),
  };
};

const workflow: Kind = {
  extended: "WorkflowEntrypoint",
  events: { run: describeRun },
  rpc: undefined,
};

/**
 * Measures a class that extends `WorkflowEntrypoint`. An instance is one invocation, which is counted when `run` has
 * ended, however often the runtime has interrupted and replayed it.
 *
 * What a step records is counted and pushed when the step has ended, since no replay repeats it. What `run` records
 * outside its steps is counted when `run` has ended. A class that is measured already is returned as it is.
 *
 * @returns a subclass with the same name, static members and type
 * @throws TypeError if `Class` is no class, or extends another class of the runtime
 */
export function instrumentWorkflow<C extends WorkflowClass>(
  Class: C,
  options: WorkerOptions = {},
): C {
  return measuredClass(Class, workflow, options);
}
