// The function under contract on platforms that call `fetch` with a standard request.
import {
  type Answer,
  caught,
  type Order,
  optionsOfTheTest,
  read,
  serve,
  Till,
  withTimeout,
  wrapped,
} from "./shop.js";

interface WebHandlers {
  /** Besides the request a platform may hand over more, such as a context. */
  fetch(request: Request, ...more: unknown[]): Promise<Response>;
}

type Instrument = <H extends WebHandlers>(handlers: H, options?: object) => H;

const orderOf = (request: Request) => request.json() as Promise<Order>;
const responseOf = ({ status, body }: Answer) => Response.json(body, { status });

const shop: WebHandlers = {
  fetch: async (request) => responseOf(await serve(await orderOf(request))),
};

class Method extends Till {
  async fetch(request: Request): Promise<Response> {
    return responseOf(await this.privately(await orderOf(request)));
  }
}

/**
 * The function, wrapped as the variable `WRAPPED_AS` says.
 *
 * @param instrument the adapter's own
 */
export function webFunction(instrument: Instrument): WebHandlers {
  return wrapped<WebHandlers>({
    itself: () => instrument(shop),
    "with options": () => instrument(shop, optionsOfTheTest()),
    "a method": () => instrument(new Method()),
    "three times": () => instrument(instrument(instrument(Object.freeze(shop)))),
    nested: () => {
      const inner = instrument(shop);
      return instrument<WebHandlers>({ fetch: async (...args) => inner.fetch(...args) });
    },
    "called by its own code": () => {
      const inner = instrument(shop);
      return { fetch: async (...args) => responseOf(await caught(() => inner.fetch(...args))) };
    },
    "with properties": () => {
      const handlers = {
        fetch: withTimeout(async function priced(_request: Request) {
          const body = { bare: read(handlers.fetch), wrapped: read(instrumented.fetch) };
          return responseOf({ status: 200, body });
        }),
      };
      const instrumented: typeof handlers = instrument(handlers);
      return instrumented;
    },
  });
}
