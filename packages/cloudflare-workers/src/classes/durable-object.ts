import { describeCall } from "../handlers/call.js";
import { describeFetch } from "../handlers/fetch.js";
import type { WorkerOptions } from "../runtime/worker-options.js";
import { asHandler, type DescribeCall, type Kind } from "./kind.js";
import { type AnyClass, measuredClass } from "./measured-class.js";

/** A class that extends `DurableObject` of `cloudflare:workers`. */
export type DurableObjectClass = abstract new (
  // oxlint-disable-next-line typescript/no-explicit-any -- the only constraint that every class meets
  ...args: any[]
) => { readonly __DURABLE_OBJECT_BRAND: never };

/** A class of Durable Objects that extends no class of the runtime. It has no methods that stubs call. */
export type PlainDurableObjectClass = abstract new (
  // oxlint-disable-next-line typescript/no-explicit-any -- the only constraint that every class meets
  ...args: any[]
  // oxlint-disable-next-line typescript/no-explicit-any -- the author of the class types the request
) => { fetch(request: any): Response | Promise<Response> };

/** A class of another kind must not pass as a plain one. */
type Plain<C extends AnyClass> =
  InstanceType<C> extends
    | { readonly __WORKER_ENTRYPOINT_BRAND: never }
    | { readonly __WORKFLOW_ENTRYPOINT_BRAND: never }
    ? never
    : C;

/** An object has one context for its life, so the context does not tell its calls apart. */
const ofCall =
  (describe: DescribeCall): DescribeCall =>
  (call) => ({ ...describe(call), key: {} });

const other = ofCall(asHandler(describeCall("other")));

const durableObject: Kind = {
  extended: "DurableObject",
  events: {
    fetch: ofCall(asHandler(describeFetch)),
    alarm: ofCall(asHandler(describeCall("timer"))),
    connect: other,
    webSocketMessage: other,
    webSocketClose: other,
    webSocketError: other,
  },
  rpc: other,
};

/**
 * Measures a class of Durable Objects: `fetch`, `alarm`, `webSocketMessage`, `webSocketClose`, `webSocketError`, and
 * each method that a stub calls.
 *
 * Each call from outside is counted and timed. The calls of its own methods are part of it. A class that is
 * measured already is returned as it is.
 *
 * @returns a subclass with the same name, static members and type
 * @throws TypeError if `Class` is no class, or extends another class of the runtime
 */
export function instrumentDurableObject<C extends DurableObjectClass>(
  Class: C,
  options?: WorkerOptions,
): C;
export function instrumentDurableObject<C extends PlainDurableObjectClass>(
  Class: C & Plain<C>,
  options?: WorkerOptions,
): C;
export function instrumentDurableObject<C extends AnyClass>(
  Class: C,
  options: WorkerOptions = {},
): C {
  return measuredClass(Class, durableObject, options);
}
