import { beginObservation, type Observation, type Occasion, state } from "@prefreeze/core/adapter";
import { watchEarlyResponse } from "./ends/early-response.js";
import { currentExtension } from "./extension/extension.js";
import type { LambdaOptions } from "./lambda-options.js";
import { occasionOf } from "./occasion.js";
import { lambdaInstance } from "./platform.js";
import { beforeShutdown } from "./shutdown/shutdown.js";

/** What middy hands to the hooks of a middleware. */
interface MiddyRequest {
  readonly event: unknown;
  readonly context: unknown;
  response?: unknown;
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
 * Middleware sees less than a wrapper does: `instrument(middy(…))` is the form that misses nothing. Where
 * the `onError` of another middleware throws, that is counted when the next invocation begins, or the
 * environment is shut down; a response that is streamed is over for it before its first byte.
 */
export function prefreeze(options: LambdaOptions = {}): MiddyHooks {
  lambdaInstance(options);
  const observations = new WeakMap<MiddyRequest, Observation>();
  let last: { readonly request: MiddyRequest; readonly observation: Observation } | undefined;
  const endLast = () => {
    if (!last) return;
    const { request, observation } = last;
    if (request.error === undefined) void observation.returned(request.response);
    else void observation.threw(request.error);
  };
  beforeShutdown(endLast);

  return {
    before(request) {
      // Of an invocation whose end no hook was told.
      if (state.store.single === true) endLast();
      last = undefined;
      const instance = lambdaInstance(options);
      const observation =
        instance && beginObservation(instance, () => occasionOfMiddleware(request));
      if (!observation) return;
      last = { request, observation };
      observations.set(request, observation);
      watchEarlyResponse(request, observation.returned);
      // Middy calls the handler later; the environment serves one invocation at a time until then.
      observation.run(() => undefined);
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
