import { builtIn, cellOf, guarded, initSeries, shared } from "@prefreeze/core/adapter";
import type { InvocationEnd, InvocationStart, Operation } from "./durable/plugin-api.js";
import { passed, runFromTop, runInChild, runOnce } from "./durable/replay.js";

/** Ends that are counted: the plugin may be on twice, by the variable and in code. */
const counted = shared("durableEnds", new WeakSet<InvocationEnd>());

/** Counts durable executions by their end, and drops what a replay records again outside steps. */
class DurablePlugin {
  readonly #count = guarded(countExecutions);

  wrapInvocation<R>(invocation: InvocationStart, code: () => Promise<R>): Promise<R> {
    return runFromTop(invocation, code);
  }

  wrapChildContextFn(child: Operation, code: () => unknown): unknown {
    return runInChild(child, code);
  }

  wrapOperationAttemptFn(_attempt: Operation, code: () => unknown): unknown {
    return runOnce(code);
  }

  async onOperationStart(operation: Operation): Promise<void> {
    // One that began earlier has not ended yet.
    if (!operation.isReplay) passed(operation);
  }

  async onOperationEnd(operation: Operation): Promise<void> {
    passed(operation);
  }

  async onInvocationEnd(end: InvocationEnd): Promise<void> {
    const { status } = end;
    if (counted.has(end) || status === "PENDING" || status === "RETRYING") return;
    counted.add(end);
    this.#count?.(status);
  }
}

/** Defines the counter of executions. @returns counts one */
function countExecutions(): (status: "SUCCEEDED" | "FAILED") => void {
  const executions = builtIn(
    "counter",
    "faas_durable_executions_total",
    "Durable executions that ended.",
    ["status"],
  );
  const ends = {
    SUCCEEDED: initSeries(executions, { status: "succeeded" }),
    FAILED: initSeries(executions, { status: "failed" }),
  };
  return (status) => runOnce(() => cellOf(ends[status]).value++);
}

/**
 * The plugin for AWS's durable execution SDK: set `DURABLE_EXECUTION_PLUGINS=@prefreeze/aws-lambda/durable`, or
 * pass what `createPlugin()` returns in the `plugins` of `withDurableExecution()`.
 *
 * It counts executions by their end in `faas_durable_executions_total`, each once, and drops what a replay records
 * again outside steps.
 */
export const durableExecutionPluginProvider = {
  /** The version of the SDK's plugin interface. */
  pluginApiVersion: 1,
  /** The class of the plugin. */
  pluginType: DurablePlugin,
  /** Makes the plugin of one wrapped handler. */
  createPlugin: (): DurablePlugin => new DurablePlugin(),
} as const;
