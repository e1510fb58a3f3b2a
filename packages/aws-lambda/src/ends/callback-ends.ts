import { type Observation, state } from "@prefreeze/core/adapter";

type Given = unknown[];
type Answer = (...given: Given) => unknown;

/** The ways of a context to answer that runtimes up to nodejs22.x have: each as `[error, result]`. */
const CONTEXT_ENDS: readonly (readonly [name: string, asCallback: (given: Given) => Given])[] = [
  ["done", (given) => given],
  ["succeed", ([result]) => [undefined, result]],
  ["fail", ([error]) => [error ?? "handled"]],
];

/**
 * Sees a handler end by its callback, or by its context's `done`, `succeed` or `fail`: each answers when
 * what the observation wants to be waited for is over.
 *
 * @param args `(event, context, callback)`, in which the callback is replaced
 * @param key of the invocation
 * @param waits called where the runtime answers only when the event loop is empty
 */
export function attendCallbacks(
  args: unknown[],
  key: unknown,
  observation: Observation,
  waits: () => void,
): void {
  const [, context, callback] = args;
  // Answers go out in the order in which they were given, since the runtime takes the first.
  let endedHere = false;
  const end = (thrown: unknown, result: unknown, answer: () => unknown): void => {
    endedHere ||= state.running.has(key);
    const failed = thrown !== undefined && thrown !== null;
    const held = failed ? observation.threw(thrown) : observation.returned(result);
    if (!held) answer();
    // Where the handler's promise came first, the runtime is about to answer with that.
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
  for (const [name, asCallback] of CONTEXT_ENDS) {
    const method = methods[name];
    if (typeof method !== "function") continue;
    methods[name] = (...given: Given) => {
      const [error, result] = asCallback(given);
      end(error, result, () => (method as Answer).apply(context, given));
    };
  }
}
