import type { WorkerOptions } from "../runtime/worker-options.js";
import { describeCall } from "../handlers/call.js";
import { describeFetch } from "../handlers/fetch.js";
import { type AnyClass, type DescribeCall, type Kind, measuredClass } from "./measured-class.js";

/** An object has one context for its life, so the context does not tell its calls apart. */
const ofCall =
  (describe: DescribeCall): DescribeCall =>
  (args) => ({ ...describe(args), key: {} });

const durableObject: Kind = {
  events: {
    fetch: ofCall(describeFetch),
    alarm: ofCall(describeCall("timer")),
    webSocketMessage: ofCall(describeCall("other")),
    webSocketClose: ofCall(describeCall("other")),
    webSocketError: ofCall(describeCall("other")),
  },
  rpc: ofCall(describeCall("other")),
};

/**
 * Measures a class of Durable Objects: `fetch`, `alarm`, `webSocketMessage`, `webSocketClose`, `webSocketError`, and
 * each method that a stub calls. Each call from outside is counted and timed; the object's calls of its own methods
 * are part of it. What a call records is pushed in `ctx.waitUntil`.
 *
 * A class that is measured already is returned as it is.
 *
 * @returns a subclass with the same name, static members and type
 * @throws TypeError if it is given no class
 */
export function instrumentDurableObject<C extends AnyClass>(
  Class: C,
  options: WorkerOptions = {},
): C {
  return measuredClass(Class, durableObject, options);
}
