import type { Transport } from "@prefreeze/core";
import { type Dispatcher, getGlobalDispatcher, request as send } from "undici";
import { MAX_ANSWER_CHARACTERS } from "./answer-limit.js";

/**
 * Sends requests by undici 7; for proxies, client certificates, pools and long-lived processes.
 *
 * @param dispatcher an undici `Agent`, `Pool`, `ProxyAgent` and so on; default: undici's global dispatcher
 */
export function undiciTransport(dispatcher?: Dispatcher): Transport {
  return async ({ url, method, headers, body, signal, answerCharacters }) => {
    let begun = false;
    const via = watching(dispatcher ?? getGlobalDispatcher(), () => (begun = true));
    const sent = { method, headers, signal, ...(body !== undefined && { body }) };
    const response = await send(url, { ...sent, dispatcher: via }).catch((error: unknown) => {
      throw begun ? error : Object.assign(error as Error, { nothingSent: true });
    });
    let answer = "";
    for await (const chunk of response.body.setEncoding("utf8")) {
      answer += chunk;
      // Leaving the loop closes the connection.
      if (answer.length > (answerCharacters ?? MAX_ANSWER_CHARACTERS)) break;
    }
    const { location } = response.headers;
    return { status: response.statusCode, body: answer, location: location?.toString() };
  };
}

/** Sends by `dispatcher`. @param begins called just before undici writes a request to its connection */
function watching(dispatcher: Dispatcher, begins: () => void): Dispatcher {
  const watched = Object.create(dispatcher) as Dispatcher;
  watched.dispatch = (options, handler) => {
    // Which of the two it calls depends on undici's version.
    for (const name of ["onConnect", "onRequestStart"] as const) {
      const method = handler[name] as ((...args: unknown[]) => void) | undefined;
      if (method)
        handler[name] = (...args: unknown[]) => {
          begins();
          method.apply(handler, args);
        };
    }
    return dispatcher.dispatch(options, handler);
  };
  return watched;
}
