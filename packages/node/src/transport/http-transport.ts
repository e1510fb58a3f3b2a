import type { Transport } from "@prefreeze/core";
import { reasonOf } from "@prefreeze/core/adapter";
import { isNodeHttpAsked } from "./asked-transport.js";
import { gzip } from "./gzip.js";
import { isProxied } from "./is-proxied.js";
import { nodeHttpTransport } from "./node-http-transport.js";
import { onAbort } from "./on-abort.js";
import { exchange } from "./raw/exchange.js";
import { firstNotRead, type Origin, originOf } from "./raw/origin.js";
import { writeHead } from "./raw/write-head.js";

/** The newest address: pushes of one life all have the same. */
let address: { readonly url: string; readonly origin: Origin; readonly path: string } | undefined;

/** Why all requests go by `node:http`; empty if they need not. */
let byNodeHttp: string | undefined;

const send: Transport = (request) => {
  const { url, body, controller, timeoutMs, answerCharacters } = request;
  if (address?.url !== url) {
    const parsed = new URL(url);
    address = { url, origin: originOf(parsed), path: parsed.pathname + parsed.search };
  }
  const { origin, path } = address;
  const bodyBytes = body === undefined ? undefined : Buffer.byteLength(body);
  const head =
    whyNodeHttp() || origin.notRead
      ? undefined
      : writeHead(request, path, origin.hostHeader, bodyBytes);
  if (head === undefined) return nodeHttpTransport(request);
  return new Promise((answered, failed) => {
    const sent = { body, bodyBytes, timeoutMs, answerCharacters };
    const giveUp = exchange(sent, head, origin, {
      answered,
      failed,
      notRead(reason) {
        origin.notRead = reason;
        // The same bytes again: a push says what the totals are, so twice is as good as once. It stays in doubt
        // whatever becomes of the second one, so its error tells nothing of what was sent.
        nodeHttpTransport(request).then(answered, (error: unknown) =>
          failed(new Error(reasonOf(error))),
        );
      },
    });
    // Before a reset is reported, which only the other end can cause.
    onAbort(controller, giveUp);
  });
};

function whyNodeHttp(): string {
  if (byNodeHttp !== undefined) return byNodeHttp;
  if (isNodeHttpAsked()) return (byNodeHttp = "PREFREEZE_TRANSPORT is http");
  return (byNodeHttp = isProxied() ? "the environment sets a proxy" : "");
}

function explain(): string {
  const reason = whyNodeHttp();
  if (reason) return `node:http, since ${reason}`;
  const [origin, notRead] = firstNotRead() ?? [];
  return origin === undefined
    ? "node:net"
    : `node:http, since ${origin} has sent an answer with ${notRead}`;
}

/**
 * Sends requests over `node:net` and `node:tls`, and keeps the connection between invocations. A connection
 * that was idle for over a minute is not reused. A reused one that stays silent for half of the timeout is
 * given up, so that the retry gets a new one, unless the gateway usually takes as long to answer.
 *
 * If a gateway's answer is one that it does not read, it sends the same request by `node:http`, and all later ones
 * to that gateway. It sends all requests by `node:http` if `PREFREEZE_TRANSPORT` is `http`, or if Node.js takes a
 * proxy from the environment.
 *
 * The modules are loaded when first needed. A request does not keep the process running.
 */
export const httpTransport: Transport = Object.assign(send, { gzip, explain });
