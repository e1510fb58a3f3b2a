import type { Transport } from "@prefreeze/core";
import { type Dispatcher, request as send } from "undici";
import { MAX_ANSWER_CHARACTERS } from "./answer-limit.js";

/**
 * Sends requests by undici 7; for proxies, client certificates, pools and long-lived processes.
 *
 * @param dispatcher an undici `Agent`, `Pool`, `ProxyAgent` and so on; default: undici's global dispatcher
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
    let answer = "";
    for await (const chunk of response.body.setEncoding("utf8")) {
      answer += chunk;
      // Leaving the loop closes the connection.
      if (answer.length > MAX_ANSWER_CHARACTERS) break;
    }
    return { status: response.statusCode, body: answer };
  };
}
