import { beginObservation, type Observation, type Occasion, state } from "@prefreeze/core/adapter";
import { currentExtension } from "./extension.js";
import type { LambdaOptions } from "./lambda-options.js";
import { occasionOf } from "./occasion.js";
import { lambdaInstance } from "./platform.js";
import { beforeShutdown } from "./shutdown.js";

/** What middy hands to the hooks of a middleware. */
interface MiddyRequest {
  readonly event: unknown;
  readonly context: unknown;
  readonly response?: unknown;
  readonly error?: unknown;
}

interface MiddyHooks {
  before(request: MiddyRequest): void;
  after(request: MiddyRequest): Promise<void>;
  onError(request: MiddyRequest): Promise<void>;
}

/**
 * The same as `instrument()`, as a middy middleware; to be the first one used. It always flushes before
 * the result is handed over.
 *
 * Middleware sees less than a wrapper does: `instrument(middy(…))` is the form that misses nothing. An
 * early return of another middleware is counted as a success when the next invocation begins, or the
 * environment is shut down; of a response that is streamed, nothing is seen but its begin.
 */
export function prefreeze(options: LambdaOptions = {}): MiddyHooks {
  lambdaInstance(options);
  const observations = new WeakMap<MiddyRequest, Observation>();
  let last: Observation | undefined;
  beforeShutdown(() => void last?.returned(undefined));

  return {
    before(request) {
      // Middy calls no hook after an early return: its invocation is still open.
      if (state.store.single === true) void last?.returned(undefined);
      const instance = lambdaInstance(options);
      last = instance && beginObservation(instance, () => occasionOfMiddleware(request));
      if (last === undefined) return;
      observations.set(request, last);
      // Middy calls the handler later; the environment serves one invocation at a time until then.
      last.run(() => undefined);
    },
    async after(request) {
      await observations.get(request)?.returned(request.response);
    },
    async onError(request) {
      const { response, error } = request;
      const observation = observations.get(request);
      // An error of which another middleware made a response is none for the caller.
      await (response === undefined ? observation?.threw(error) : observation?.returned(response));
    },
  };
}

function occasionOfMiddleware({ event, context }: MiddyRequest): Occasion {
  const occasion = occasionOf([event, context]);
  return {
    ...occasion,
    attend(observation) {
      occasion.attend?.(observation);
      // An end that nobody sees would keep the environment awake until the function times out.
      currentExtension()?.done(occasion.id);
    },
  };
}
