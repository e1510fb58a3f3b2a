import type { InvocationDescriptor } from "@prefreeze/core/adapter";
import type { WRAPPERS } from "./base-of.js";

/** A call of a method, on an object with this environment and context. */
export interface Call {
  readonly args: readonly unknown[];
  readonly env: unknown;
  readonly ctx: unknown;
}

/** Describes a call. */
export type DescribeCall = (call: Call) => InvocationDescriptor;

/** How the methods of one kind of class are measured. */
export interface Kind {
  /** The class of the runtime that it extends. */
  readonly extended: keyof typeof WRAPPERS;
  /** By the name of the method: what the runtime calls for an event; undefined if it stays as it is. */
  readonly events: Readonly<Record<string, DescribeCall | undefined>>;
  /** All other methods, which callers elsewhere call; undefined if there are no such callers. */
  readonly rpc: DescribeCall | undefined;
}

/** Describes a call as one of a handler: `(event, env, ctx)`. */
export function asHandler(
  describe: (args: readonly unknown[]) => InvocationDescriptor,
): DescribeCall {
  return ({ args, env, ctx }) => describe([args[0], env, ctx]);
}
