import type { Transport } from "@prefreeze/core";
import { type Dispatcher, request as send } from "undici";

/**
 * A transport over undici 7, for long-lived processes, proxies, client certificates and pools.
 *
 * @param dispatcher an undici `Agent`, `Pool`, `ProxyAgent` and so on; default: undici's global one
 */
export function undiciTransport(dispatcher?: Dispatcher): Transport {
  return async ({ url, method, headers, body, signal }) => {
    const response = await send(url, {
      method,
      headers,
      signal,
      ...(body === undefined ? {} : { body }),
      ...(dispatcher === undefined ? {} : { dispatcher }),
    });
    const { statusCode: status } = response;
    if (status >= 200 && status < 300) {
      await response.body.dump();
      return { status, body: "" };
    }
    return { status, body: await response.body.text() };
  };
}
