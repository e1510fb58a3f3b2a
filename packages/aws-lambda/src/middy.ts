import {
  areToldApart,
  beginObservation,
  guarded,
  guardedStart,
  type InvocationDescriptor,
  type Observation,
} from "@prefreeze/core/adapter";
import { watchEarlyResponse } from "./completion/early-response.js";
import { currentExtension } from "./extension/extension.js";
import type { LambdaOptions } from "./lambda-options.js";
import { describeInvocation } from "./descriptor.js";
import { lambdaInstance } from "./platform.js";
import { beforeShutdown } from "./shutdown/shutdown.js";

/** The request that middy passes to the hooks of a middleware. */
export interface MiddyRequest {
  /** The handler's event. */
  readonly event: unknown;
  /** Lambda's context. */
  readonly context: unknown;
  /** What the caller gets, once it is known. */
  response?: unknown;
  /** What was thrown, if anything. */
  readonly error?: unknown;
}

/** The hooks of the middleware, as middy's `use()` takes them. */
export interface MiddyHooks {
  /** Begins the invocation. */
  before(request: MiddyRequest): void;
  /** Ends the invocation, and resolves when it is pushed. */
  after(request: MiddyRequest): Promise<void>;
  /** Ends the invocation as failed, unless there is a response, and resolves when it is pushed. */
  onError(request: MiddyRequest): Promise<void>;
}

/**
 * Does as a middy middleware what `instrument()` does as a wrapper. Use it before all other middleware. It
 * always flushes before the result is returned.
 *
 * A middleware sees less than a wrapper: prefer `instrument(middy(…))`, which misses nothing. If the
 * `onError` of another middleware throws, the failure is counted when the next invocation begins or the
 * environment shuts down. A streamed response ends, for the middleware, before its first byte.
 *
 * @throws TypeError if the `grouping` option could break the gateway
 */
export function prefreeze(options: LambdaOptions = {}): MiddyHooks {
  guardedStart(() => lambdaInstance(options));
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
      // The previous invocation may have ended without a call of any hook.
      if (!areToldApart()) endLast();
      last = undefined;
      const instance = guarded(() => lambdaInstance(options));
      const observation = beginObservation(instance, () => describeMiddleware(request));
      if (!observation) return;
      last = { request, observation };
      observations.set(request, observation);
      watchEarlyResponse(request, observation.returned);
      // Middy calls the handler later. Until then, the environment serves one invocation at a time.
      observation.run(() => undefined);
    },
    async after(request) {
      await observations.get(request)?.returned(request.response);
    },
    async onError(request) {
      const { response, error } = request;
      const observation = observations.get(request);
      // If another middleware turned the error into a response, the caller sees no error.
      await (response === undefined ? observation?.threw(error) : observation?.returned(response));
    },
  };
}

function describeMiddleware({ event, context }: MiddyRequest): InvocationDescriptor {
  const descriptor = describeInvocation([event, context]);
  return {
    ...descriptor,
    started(observation) {
      descriptor.started?.(observation);
      // If no hook sees the end, the environment would stay awake until the function times out.
      currentExtension()?.done(descriptor.id);
    },
  };
}
