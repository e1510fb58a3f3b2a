import { startTimer } from "@prefreeze/core/adapter";
import { isNodeHttpAsked } from "./asked-transport.js";
import { askByNodeHttp } from "./local-by-node-http.js";
import type { LocalAnswer, LocalRequest } from "./local-request.js";
import { exchange } from "./raw/exchange.js";
import { newOrigin } from "./raw/origin.js";
import { writeHead } from "./raw/write-head.js";

/**
 * Asks one server of this machine, over `node:net` and never by a proxy. The server is asked by `node:http` if
 * `PREFREEZE_TRANSPORT` is `http`, and from the first answer on that is not read here.
 *
 * @param address host and port
 * @param notRead called with what was wrong with an answer that is not read: `node:http` asks from then on
 * @throws TypeError if the address is none
 */
export function localClient(
  address: string,
  notRead?: (reason: string) => void,
): (request: LocalRequest) => Promise<LocalAnswer> {
  const origin = newOrigin(new URL(`http://${address}`));
  let byNodeHttp = isNodeHttpAsked();
  return (request) => {
    const { path, body, timeoutMs, answerHeader } = request;
    const bodyBytes = body === undefined ? undefined : Buffer.byteLength(body);
    const head = byNodeHttp ? undefined : writeHead(request, path, origin.hostHeader, bodyBytes);
    if (head === undefined) return askByNodeHttp(address, request);
    return new Promise((resolve, reject) => {
      const sent = { body, bodyBytes, timeoutMs: Infinity, answerHeader };
      const giveUp = exchange(sent, head, origin, {
        answered(answer) {
          clearTimeout(timer);
          resolve(answer);
        },
        failed(error) {
          clearTimeout(timer);
          reject(error);
        },
        notRead(reason) {
          clearTimeout(timer);
          byNodeHttp = true;
          notRead?.(reason);
          askByNodeHttp(address, request).then(resolve, reject);
        },
      });
      const timer = timeoutMs === undefined ? undefined : startTimer(giveUp, timeoutMs, false);
    });
  };
}
