import { invocations, type Recordings, scopes, warnOnce } from "@prefreeze/core/adapter";
import type { InvocationStart, Operation } from "./plugin-api.js";

/** How far the code of one context of a durable execution has come in this invocation. */
interface Position {
  /** What runs outside steps has run in an earlier invocation. */
  replaying: boolean;
  readonly operations: InvocationStart["operations"];
  /** The last operation that an earlier invocation began, by its parent. */
  readonly last: ReadonlyMap<string | undefined, string>;
}

const { AsyncLocalStorage } = process.getBuiltinModule("node:async_hooks");
const positions = new AsyncLocalStorage<Position | undefined>();

/** Takes recordings and forgets them. */
const recordings: Recordings = new Map();
recordings.set = ({ metric }) => {
  warnOnce(
    `${metric.name} replay`,
    `metric "${metric.name}" is recorded outside the steps of a durable execution: what its replays record again is dropped; record inside a step`,
  );
  return recordings;
};
const dropped = { ended: false, recordings };

/** Drops recordings that only repeat those of an earlier invocation. */
const store: NonNullable<typeof scopes.store> = {
  getStore: () => (positions.getStore()?.replaying ? dropped : invocations.store.getStore()),
};

/** Runs the code of an invocation from its top. */
export function runFromTop<R>(
  { isFirstInvocation, operations }: InvocationStart,
  code: () => R,
): R {
  scopes.store = store;
  const last = new Map(Object.values(operations).map(({ id, parentId }) => [parentId, id]));
  return positions.run({ replaying: !isFirstInvocation, operations, last }, code);
}

/** Runs the code of a child context, which can be ahead of its parent. */
export async function runInChild(child: Operation, code: () => unknown): Promise<unknown> {
  const parent = positions.getStore();
  if (!parent) return code();
  const position = {
    ...parent,
    replaying: parent.replaying || Object.hasOwn(parent.operations, child.id),
  };
  try {
    return await positions.run(position, code);
  } finally {
    // The code behind a child that did something new has not run before.
    parent.replaying &&= position.replaying;
  }
}

/** Runs code that no replay repeats: a step, or the end of an execution. */
export function runOnce<R>(code: () => R): R {
  return positions.run(undefined, code);
}

/** An operation has begun or ended; from now on, its context may do something new. */
export function passed(operation: Operation): void {
  const position = positions.getStore();
  if (position && isNew(operation, position)) position.replaying = false;
}

/**
 * Only the SDK knows which of the earlier operations have ended since the last invocation, and AWS's local runner
 * does not tell it. But no invocation got past the last operation of a context that has not ended.
 */
function isNew({ id, parentId, isReplay }: Operation, { operations, last }: Position): boolean {
  if (!isReplay) return true;
  const parent = operations[String(parentId)];
  return last.get(parentId) === id && (parent?.status ?? "STARTED") === "STARTED";
}
