import {
  type AnyHandler,
  guarded,
  type InvocationDescriptor,
  type Instance,
  observe,
  wrap,
} from "@prefreeze/core/adapter";
import { outsideRender } from "./render.js";

/**
 * Wraps what Next.js calls. The call itself stays a part of the render that it is in; what observes it does not.
 *
 * @throws TypeError if `handler` is not a function
 */
export function observed<H extends AnyHandler>(
  handler: H,
  instance: () => Instance | undefined,
  describe: (args: Parameters<H>) => InvocationDescriptor,
): H {
  const wrapped = wrap(handler, instance, describe);
  if (wrapped === handler) return handler;
  return new Proxy(wrapped, {
    apply: (_, self, args: Parameters<H>): ReturnType<H> =>
      outsideRender((inside) =>
        observe(
          guarded(instance),
          () => describe(args),
          () => inside(() => Reflect.apply(handler, self, args) as ReturnType<H>),
        ),
      ),
  });
}
