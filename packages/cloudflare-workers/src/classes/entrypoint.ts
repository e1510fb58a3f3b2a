import type { WorkerOptions } from "../runtime/worker-options.js";
import { describeCall } from "../handlers/call.js";
import { measuredHandlers } from "../handlers/measured-handlers.js";
import { type AnyClass, type Kind, measuredClass } from "./measured-class.js";

const entrypoint: Kind = {
  events: {
    ...measuredHandlers,
    tailStream: undefined,
    test: undefined,
  },
  rpc: describeCall("other"),
};

/**
 * Measures a class that extends `WorkerEntrypoint`: `fetch`, `scheduled`, `queue`, `email`, `tail`, `trace`, `connect`,
 * and each method that another Worker calls. Each call from outside is counted and timed; the class's calls of its
 * own methods are part of it. What a call records is pushed in `ctx.waitUntil`.
 *
 * A class that is measured already is returned as it is.
 *
 * @returns a subclass with the same name, static members and type
 * @throws TypeError if it is given no class
 */
export function instrumentEntrypoint<C extends AnyClass>(Class: C, options: WorkerOptions = {}): C {
  return measuredClass(Class, entrypoint, options);
}
