import type { Options } from "@prefreeze/core";
import type { AnyHandler } from "@prefreeze/core/adapter";
import { describeRender, renderUnderWay } from "./describe-render.js";
import { observed } from "./observed.js";
import { currentRender, loadNext } from "./render.js";
import { setUp } from "./set-up.js";

/**
 * Wraps the default export of a page or a layout of the App Router. A request that renders several of them is one
 * invocation: it begins with the first and ends when the response has been sent.
 *
 * A static page stays static, and its requests run no code. Only the renders that Next.js makes later, to
 * revalidate it, are counted.
 *
 * @param component a server component
 * @throws TypeError if `component` is not a function, or the `grouping` option could break the gateway
 */
export function instrumentPage<C extends AnyHandler>(component: C, options: Options = {}): C {
  const instance = setUp(options);
  // Read before it is described, which is done outside of the render.
  let request: object | undefined;
  const counted = observed(component, instance, () => describeRender(request));
  return new Proxy(counted, {
    apply(_, self, args: Parameters<C>): unknown {
      const render = () => Reflect.apply(component, self, args) as unknown;
      const begin = () => {
        request = currentRender();
        const around = renderUnderWay();
        return around ? around.join(render) : (Reflect.apply(counted, self, args) as unknown);
      };
      if (!instance()) return Reflect.apply(counted, self, args) as unknown;
      // Mostly loaded by now: by `register()`, or when the module of the page was.
      const loading = loadNext();
      return loading ? loading.then(begin) : begin();
    },
  });
}
