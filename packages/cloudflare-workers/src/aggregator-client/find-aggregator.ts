import { warnOnce } from "@prefreeze/core/adapter";
import { aggregatorStub, isNamespace, type ObjectNamespace } from "./object-namespace.js";
import { workerExports } from "./worker-exports.js";

/** An aggregator object, and how it was found. */
export interface FoundAggregator {
  readonly namespace: ObjectNamespace;
  /** For `explain()`. */
  readonly place: string;
}

const CLASS = "PrefreezeAggregator";
const DIRECTLY = "so pushes go to PUSHGATEWAY_URL";

/**
 * Finds the aggregator object: the binding `PREFREEZE`, or else the class `PrefreezeAggregator` that the Worker
 * exports. If there is something else in its place, one warning says so. Never throws.
 */
export function findAggregator(env: unknown, ctx: unknown): FoundAggregator | undefined {
  const bound = read(env, "PREFREEZE");
  const exported = read(read(ctx, "exports"), CLASS);
  if (isNamespace(bound)) return ifCallable(bound, "the binding PREFREEZE");
  if (bound !== undefined)
    warnOnce("PREFREEZE", "PREFREEZE is not the binding of a Durable Object and is ignored");
  const namespace = [exported, read(workerExports(), CLASS)].find(isNamespace);
  if (namespace) return ifCallable(namespace, "the exported PrefreezeAggregator");
  if (exported !== undefined)
    warnOnce(
      CLASS,
      `the exported PrefreezeAggregator has no storage, ${DIRECTLY}: add its migration`,
    );
  return undefined;
}

function ifCallable(namespace: ObjectNamespace, place: string): FoundAggregator | undefined {
  // Looking with `in` sends nothing, and is not logged by runtimes that cannot call methods.
  const stub = attempt(() => aggregatorStub(namespace, "0"));
  if (stub && "take" in stub) return { namespace, place };
  warnOnce(
    "RPC",
    `the aggregator object needs a compatibility date of 2024-04-03 or later, ${DIRECTLY}`,
  );
  return undefined;
}

/** @returns undefined for what is not there, and for what throws */
function read(holder: unknown, name: string): unknown {
  return attempt(() => (holder as Readonly<Record<string, unknown>>)[name]) ?? undefined;
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
