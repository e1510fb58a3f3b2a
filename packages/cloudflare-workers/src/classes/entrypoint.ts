import { describeCall } from "../handlers/call.js";
import { measuredHandlers } from "../handlers/measured-handlers.js";
import type { WorkerOptions } from "../runtime/worker-options.js";
import { asHandler, type Kind } from "./kind.js";
import { measuredClass } from "./measured-class.js";

/** A class that extends `WorkerEntrypoint` of `cloudflare:workers`. */
export type EntrypointClass = abstract new (
  // oxlint-disable-next-line typescript/no-explicit-any -- the only constraint that every class meets
  ...args: any[]
) => { readonly __WORKER_ENTRYPOINT_BRAND: never };

const entrypoint: Kind = {
  extended: "WorkerEntrypoint",
  events: {
    ...Object.fromEntries(
      Object.entries(measuredHandlers).map(([name, describe]) => [name, asHandler(describe)]),
    ),
    tailStream: undefined,
    test: undefined,
  },
  rpc: asHandler(describeCall("other")),
};

/**
 * Measures a class that extends `WorkerEntrypoint`: `fetch`, `scheduled`, `queue`, `email`, `tail`, `trace`, `connect`,
 * and each method that another Worker calls.
 *
 * Each call from outside is counted and timed. The calls of its own methods are part of it. A class that is
 * measured already is returned as it is.
 *
 * @returns a subclass with the same name, static members and type
 * @throws TypeError if `Class` is no class, or extends another class of the runtime
 */
export function instrumentEntrypoint<C extends EntrypointClass>(
  Class: C,
  options: WorkerOptions = {},
): C {
  return measuredClass(Class, entrypoint, options);
}
