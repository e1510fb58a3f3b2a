import type { Options } from "@prefreeze/core";
import { beginObservation, type Observation } from "@prefreeze/core/adapter";
import { occasionOf } from "./occasion.js";
import { lambdaInstance } from "./platform.js";

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
 * The same as `instrument()`, as a middy middleware; to be the first one used.
 *
 * Middleware sees less than a wrapper does: `instrument(middy(…))` is the form that misses nothing. An
 * early return of another middleware is counted as a success when the next invocation begins.
 */
export function prefreeze(options: Options = {}): MiddyHooks {
  lambdaInstance(options);
  let open: Observation | undefined;

  return {
    before({ event, context }) {
      // Middy calls no hook after an early return: its invocation is still open.
      void open?.returned(undefined);
      const instance = lambdaInstance(options);
      open = instance && beginObservation(instance, () => occasionOf([event, context]));
      // Middy calls the handler later; the environment serves one invocation at a time until then.
      open?.run(() => undefined);
    },
    async after({ response }) {
      await open?.returned(response);
    },
    async onError({ error }) {
      await open?.threw(error);
    },
  };
}
