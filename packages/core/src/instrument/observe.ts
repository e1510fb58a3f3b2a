import type { Instance } from "../instance/instance.js";
import { isThenable } from "../runtime/thenable.js";
import type { InvocationDescriptor, Observation } from "./descriptor.js";
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
  let result: R;
  try {
    result = observation.run(handler);
  } catch (error) {
    return threw(observation, error) as R;
  }
  // The `then` of another library may return nothing, so the result is wrapped in a promise.
  if (isThenable(result))
    return Promise.resolve(result).then(
      (value) => {
        const passed = observation.passOn(value);
        return returned(observation, value, true)?.then(() => passed) ?? passed;
      },
      (error: unknown) => threw(observation, error),
    ) as R;
  const passed = observation.passOn(result);
  const held = returned(observation, result, false);
  // Elsewhere, a result that is no promise stays one: otherwise a callback handler would be answered twice.
  return held && observation.takesPromise ? (held.then(() => passed) as R) : passed;
}

/** @returns what the caller must wait for */
function returned(
  observation: Observation,
  value: unknown,
  promised: boolean,
): Promise<void> | undefined {
  const completion = observation.completion(promised);
  if (!completion) return observation.returned(value);
  const over = completion.then(() => observation.returned(value), observation.threw);
  return observation.detached ? undefined : over;
}

/** @throws the error itself, at once or later */
function threw(observation: Observation, error: unknown): Promise<never> {
  const held = observation.threw(error);
  if (!held) throw error;
  return held.then(() => {
    throw error;
  });
}
