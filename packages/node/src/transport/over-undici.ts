import type { Transport } from "@prefreeze/core";
import { startTimer } from "@prefreeze/core/adapter";
import type * as undici from "undici";
import type { Dispatcher } from "undici";
import { MAX_ANSWER_CHARACTERS } from "./answer-limit.js";
import { withAdvice } from "./connection-advice.js";
import { inTurn } from "./one-lookup.js";

/** undici gives up a connection although the look-up of its name may take this much longer. */
const LOOKUP_MS = 20_000;

/** The parts of undici that are used. Versions 7 and 8 have them alike. */
export type Undici = Pick<typeof undici, "getGlobalDispatcher" | "request">;

/**
 * Sends requests by the given undici.
 *
 * @param dispatcher default: undici's global dispatcher
 */
export function transportOver(
  { getGlobalDispatcher, request }: Undici,
  dispatcher?: Dispatcher,
): Transport {
  return async ({ url, method, headers, body, signal, answerCharacters }) => {
    const response = await new Promise<Dispatcher.ResponseData>((resolve, reject) => {
      let begun = false;
      const fail = (thrown: Error) => {
        const error = withAdvice(thrown);
        reject(begun ? error : Object.assign(error, { nothingSent: true }));
      };
      // undici itself rejects only once there is a connection, which it then does not use.
      signal.addEventListener("abort", () => begun || fail(new Error("no connection in time")));
      inTurn(async () => {
        if (signal.aborted) return;
        await new Promise<void>((ready) => {
          const via = watching(dispatcher ?? getGlobalDispatcher(), () => {
            begun = true;
            ready();
          });
          const sent = { method, headers, signal, ...(body !== undefined && { body }) };
          const answered = (answer: Dispatcher.ResponseData) => {
            resolve(answer);
            // A dispatcher of the user's may answer without a request.
            ready();
          };
          request(url, { ...sent, dispatcher: via }).then(answered, (thrown: unknown) => {
            const error = thrown as NodeJS.ErrnoException;
            fail(error);
            if (error.code === "UND_ERR_CONNECT_TIMEOUT") startTimer(ready, LOOKUP_MS, true);
            else ready();
          });
        });
      }).catch((error: unknown) => fail(error as Error));
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
