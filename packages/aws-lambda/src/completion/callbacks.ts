import type { Observation } from "@prefreeze/core/adapter";

type Given = unknown[];
type Answer = (...given: Given) => unknown;

/** The context's methods that answer, up to nodejs22.x, and how their arguments read as `[error, result]`. */
const CONTEXT_METHODS: readonly (readonly [name: string, asCallback: (given: Given) => Given])[] = [
  ["done", (given) => given],
  ["succeed", ([result]) => [undefined, result]],
  ["fail", ([error]) => [error ?? "handled"]],
];

/**
 * Replaces the callback and the context's `done`, `succeed` and `fail`, so that they end the invocation.
 * Each answers the runtime once the observation no longer wants to be waited for.
 *
 * @param args `(event, context, callback)`, in which the callback is replaced; the context, too, if it is frozen
 * @param waits called if the runtime answers only when the event loop is empty
 */
export function replaceCallbacks(
  args: unknown[],
  observation: Observation,
  waits: () => void,
): void {
  const [, context, callback] = args;
  // Answers go out in the order in which they were given, since the runtime takes the first.
  let endedHere = false;
  const end = (thrown: unknown, result: unknown, answer: () => unknown): void => {
    endedHere ||= !observation.isSettled();
    const failed = thrown !== undefined && thrown !== null;
    const held = failed ? observation.threw(thrown) : observation.returned(result);
    if (!held) answer();
    // If the handler's promise resolved first, the runtime is about to answer with its value.
    else void held.then(endedHere ? answer : () => setImmediate(answer));
  };

  const methods = Object(context) as Record<string, unknown>;
  if (typeof callback === "function") {
    args[2] = (...given: Given) => {
      const [error, result] = given;
      if ((error ?? undefined) === undefined && methods["callbackWaitsForEmptyEventLoop"] !== false)
        waits();
      end(error, result, () => (callback as Answer)(...given));
    };
  }
  const replaced: PropertyDescriptorMap = {};
  for (const [name, asCallback] of CONTEXT_METHODS) {
    const method = methods[name];
    if (typeof method !== "function") continue;
    const value = (...given: Given) => {
      const [error, result] = asCallback(given);
      end(error, result, () => (method as Answer).apply(context, given));
    };
    replaced[name] = { value, writable: true, enumerable: true, configurable: true };
  }
  // Another wrapper may have frozen the context. The handler then gets a copy.
  if (!Object.keys(replaced).every((name) => Reflect.set(methods, name, replaced[name]!.value)))
    args[1] = Object.create(Object.getPrototypeOf(methods) as object, {
      ...Object.getOwnPropertyDescriptors(methods),
      ...replaced,
    });
}
