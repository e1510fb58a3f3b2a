import {
  Agent,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { pipeline } from "node:stream";
import { answer } from "../http/answer.js";
import type { GatewayAddress } from "../upstream/gateway-address.js";
import { endToEnd } from "./hop-by-hop.js";

/** A gateway with its consistency check and many groups takes seconds. */
const SILENCE_MS = 60_000;

/** It outlives its request, so it is no closure that would keep that. */
const ignore = () => undefined;

/** Passes requests on to a gateway as they are, and its answers back. */
export interface PassThrough {
  /** @param body if it was read already; otherwise it is streamed */
  passOn(request: IncomingMessage, response: ServerResponse, body?: Buffer): void;
  close(): void;
}

/**
 * @param isGuarded requests have shown this aggregator's own credentials, so they get the gateway's in exchange.
 *   Otherwise they need those that they bring: who may not push to the gateway gains nothing by the detour.
 * @param ended called when a request has ended, with whether the gateway answered
 */
export function createPassThrough(
  { url, query, authorization }: GatewayAddress,
  isGuarded: boolean,
  ended: (answered: boolean) => void,
): PassThrough {
  const { protocol, hostname, port, pathname } = new URL(url);
  const isTls = protocol === "https:";
  const agent = new (isTls ? HttpsAgent : Agent)({ keepAlive: true, maxSockets: 100 });
  const send = isTls ? httpsRequest : httpRequest;
  // A URL has IPv6 addresses in brackets.
  const host = hostname.replace(/\[|]/g, "");
  const prefix = pathname.replace(/\/+$/, "");

  return {
    passOn(request, response, body) {
      const headers = endToEnd(request);
      headers.delete("host");
      headers.delete("expect");
      if (isGuarded) headers.delete("authorization");
      if (isGuarded && authorization !== undefined) headers.set("authorization", [authorization]);
      // Without either, the bytes of a body would be the next request.
      if (body) headers.set("content-length", [`${body.length}`]);
      else if (request.headers["transfer-encoding"] !== undefined)
        headers.set("transfer-encoding", ["chunked"]);
      const { url: path = "/", method = "GET" } = request;
      const upstream = send({
        protocol,
        host,
        port,
        // As it was sent: a URL parser would change it.
        path: prefix + path + (path.includes("?") ? query.replace("?", "&") : query),
        method,
        headers: Object.fromEntries(headers),
        agent,
        timeout: SILENCE_MS,
      });
      upstream
        .on("response", (answered) => {
          ended(true);
          response.writeHead(answered.statusCode ?? 502, Object.fromEntries(endToEnd(answered)));
          pipeline(answered, response, () => undefined);
        })
        .on("socket", (socket) => {
          // Node 20 and 22 take their own listener off if the gateway answers and leaves before it has the whole body.
          // Once for each socket: `reusedSocket` is false for a request that has waited for one.
          socket.off("error", ignore).on("error", ignore);
        })
        .on("timeout", () => upstream.destroy(new Error("no answer in time")))
        .on("error", () => {
          request.unpipe(upstream);
          if (response.destroyed) return;
          ended(false);
          if (response.headersSent) response.destroy();
          else answer(response, 502, "the Pushgateway does not answer: try again later");
        });
      // The client went away, so nobody waits.
      response.on("close", () => {
        if (!response.writableFinished) upstream.destroy();
      });
      if (body) upstream.end(body);
      else request.pipe(upstream);
    },
    close: () => agent.destroy(),
  };
}
