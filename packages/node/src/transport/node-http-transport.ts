import type { Agent } from "node:http";
import type { Transport, TransportResponse } from "@prefreeze/core";
import { afterAwakeMs, stopwatch } from "@prefreeze/core/adapter";
import { MAX_ANSWER_CHARACTERS } from "./answer-limit.js";
import { withAdvice } from "./connection-advice.js";
import { onAbort } from "./on-abort.js";
import { lookupInTurn } from "./one-lookup.js";

/** A connection that was idle for longer may be dead without notice. */
const LONGEST_IDLE_MS = 60_000;

/** One agent per protocol for the life of the process. Node unrefs its idle sockets. */
const agents: Record<string, { readonly agent: Agent; idleMs: () => number; tookMs: number }> = {};

/** It outlives its request, so it is no closure that would keep that. */
const ignore = () => undefined;

/**
 * Sends requests by `node:http` and `node:https`, and keeps the connection between invocations, with the rules of
 * `httpTransport`.
 *
 * Both modules are loaded when first needed. A request does not keep the process running.
 */
export const nodeHttpTransport: Transport = ({
  url,
  method,
  headers,
  body,
  controller,
  timeoutMs,
  answerCharacters = MAX_ANSWER_CHARACTERS,
}) =>
  new Promise<TransportResponse>((resolve, reject) => {
    const protocol = url.split(":")[0] as "http" | "https";
    const http = process.getBuiltinModule(`node:${protocol}`);
    const { ClientRequest } = process.getBuiltinModule("node:http");
    const kept = (agents[protocol] ??= {
      agent: new http.Agent({ keepAlive: true, lookup: lookupInTurn, ...proxyOf(http) }),
      idleMs: () => 0,
      tookMs: 0,
    });
    const { agent } = kept;
    const sinceSentMs = stopwatch();
    if (kept.idleMs() > LONGEST_IDLE_MS) agent.destroy();
    // Given as text, Node turns the URL into so many options that this takes a tenth of the whole push.
    const { protocol: scheme, port, pathname, search, hostname } = new URL(url);
    const path = pathname + search;
    // A URL has IPv6 addresses in brackets.
    const host = hostname.replace(/\[|]/g, "");
    const target = { protocol: scheme, headers, method, agent, port, path, host };
    let stopWaiting: (() => void) | undefined;
    let connected = false;
    let refused: (() => void) | undefined;
    const fail = (thrown: Error) => {
      // A server that does not read what it refuses resets the connection behind its answer.
      if (refused) return refused();
      const error = withAdvice(thrown);
      reject(connected ? error : Object.assign(error, { nothingSent: true }));
    };
    // What `http.request` returns. Agents that monitor outgoing requests replace that function.
    const request = new ClientRequest(target, (response) => {
      stopWaiting?.();
      let answer = "";
      const end = () => {
        kept.idleMs = stopwatch();
        kept.tookMs = sinceSentMs();
        // If it took longer than it may, that was a freeze, which the connection may not have survived.
        if (kept.tookMs > timeoutMs) {
          kept.tookMs = 0;
          request.socket?.destroy();
        }
        const { statusCode: status, headers } = response;
        resolve({ status: status!, body: answer, location: headers.location });
      };
      if (`${response.statusCode}`.startsWith("4")) refused = end;
      // Read to its end whatever the status: only then can the connection be reused.
      response
        .setEncoding("utf8")
        .on("error", fail)
        .on("end", end)
        .on("data", (chunk) => {
          answer += chunk;
          if (answer.length <= answerCharacters) return;
          end();
          response.destroy();
        });
    });
    request
      .on("error", fail)
      .on("close", () => stopWaiting?.())
      .on("socket", (socket) => {
        // A flush that is waited for has a timer; any other must not keep the event loop busy.
        socket.unref();
        // Node 20 and 22 take their own listener off if the server answers and leaves before it has the whole body.
        if (!request.reusedSocket) socket.on("error", ignore);
        const { connecting, secureConnecting } = socket as {
          [is in "connecting" | "secureConnecting"]?: boolean;
        };
        // Of a name with several addresses, Node has forgotten it if the first one does not answer.
        if (connecting) socket.once("connect", () => socket.unref());
        // Node holds the request back until then.
        if (connecting || secureConnecting)
          socket.once(protocol === "https" ? "secureConnect" : "connect", () => (connected = true));
        else connected = true;
        // The reason for its silence, a freeze say, holds for the other connections too.
        if (request.reusedSocket)
          stopWaiting = afterAwakeMs(
            Math.max(timeoutMs / 2, 2 * kept.tookMs),
            () => agent.destroy(),
            true,
          );
      });
    onAbort(controller, () => {
      // Before Node reports a reset, which only the other end can cause.
      fail(new Error(connected ? "aborted" : "no connection in time"));
      request.destroy();
    });
    // The body is given whole, so that it gets a length and shares a packet with the head. Node encodes the
    // head like the body, and headers are Latin-1: ASCII bodies are sent as Latin-1, which copies nothing.
    const copied = body && Buffer.byteLength(body) !== body.length;
    request.end(copied ? Buffer.from(body as string) : body, "latin1");
  });

/** The proxy that `NODE_USE_ENV_PROXY` turns on, as Node.js read it for its own agents. */
function proxyOf({ globalAgent }: { readonly globalAgent: object }): object {
  const { options } = globalAgent as { readonly options?: { readonly proxyEnv?: object } };
  return { proxyEnv: options?.proxyEnv };
}
