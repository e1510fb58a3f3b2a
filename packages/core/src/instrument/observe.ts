import type { Instance } from "../instance/instance.js";
import { isThenable } from "../runtime/thenable.js";
import type { InvocationDescriptor } from "./descriptor.js";
import { beginObservation } from "./observation.js";

/**
 * The one flow: begin, handler, settle, merge, flush.
 *
 * The handler's result or error comes through as it is; a fault of the telemetry never does.
 */
export function observe<R>(
  instance: Instance | undefined,
  describe: () => InvocationDescriptor,
  handler: () => R,
): R {
  const observation = beginObservation(instance, describe);
  if (!observation) return handler();
  const returned = (value: unknown, promised: boolean): Promise<void> | undefined => {
    const ended = () => observation.returned(value);
    const completion = observation.completion(promised);
    if (!completion) return ended();
    const over = completion.then(ended, observation.threw);
    return observation.detached ? undefined : over;
  };
  const threw = (error: unknown) => {
    const held = observation.threw(error);
    if (!held) throw error;
    return held.then(() => {
      throw error;
    });
  };
  let result: R;
  try {
    result = observation.run(handler);
  } catch (error) {
    return threw(error) as R;
  }
  // The `then` of another library may return nothing, so the result is wrapped in a promise.
  if (isThenable(result))
    return Promise.resolve(result).then((value) => {
      const passed = observation.passOn(value);
      return returned(value, true)?.then(() => passed) ?? passed;
    }, threw) as R;
  const passed = observation.passOn(result);
  const held = returned(result, false);
  // Elsewhere, a result that is no promise stays one: otherwise a callback handler would be answered twice.
  return held && observation.takesPromise ? (held.then(() => passed) as R) : passed;
}
