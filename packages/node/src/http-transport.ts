import type { Agent } from "node:http";
import type { Transport, TransportResponse } from "@prefreeze/core";
import { afterAwakeMs } from "@prefreeze/core/adapter";
import { MAX_ANSWER_CHARACTERS } from "./answer-limit.js";

/** Idle for longer, a connection may be gone at the other end, or on the way, without a word. */
const LONGEST_IDLE_MS = 60_000;

/** One for each protocol for the life of the process; Node unrefs the sockets that wait in it. */
const agents: Record<string, { readonly agent: Agent; usedAtMs: number; tookMs: number }> = {};

/**
 * A transport over `node:http` and `node:https`, which keeps its connection between invocations: not one
 * that was idle for over a minute, and one that then stays silent for half of the time fails, so that the
 * second try gets a new one; unless the gateway takes about as long for all of its answers.
 *
 * Both are loaded when first needed. A request keeps no process running: who waits for it, does.
 */
export const httpTransport: Transport = ({ url, method, headers, body, controller, timeoutMs }) =>
  new Promise<TransportResponse>((resolve, reject) => {
    const protocol = url.split(":")[0] as "http" | "https";
    const http = process.getBuiltinModule(`node:${protocol}`);
    const kept = (agents[protocol] ??= {
      agent: new http.Agent({ keepAlive: true }),
      usedAtMs: Infinity,
      tookMs: 0,
    });
    const { agent } = kept;
    const sentMs = performance.now();
    if (Date.now() - kept.usedAtMs > LONGEST_IDLE_MS) agent.destroy();
    // Parsed here: of a text, Node makes so many options that this takes a tenth of the whole push.
    const { port, pathname: path, hostname } = new URL(url);
    // In a URL, IPv6 stands in brackets.
    const target = { headers, method, agent, port, path, host: hostname.replace(/\[|]/g, "") };
    let stopWaiting: (() => void) | undefined;
    const request = http.request(target, (response) => {
      stopWaiting?.();
      let answer = "";
      const end = () => {
        kept.usedAtMs = Date.now();
        kept.tookMs = performance.now() - sentMs;
        resolve({ status: response.statusCode!, body: answer });
      };
      // Read to its end whatever the status: only then does the connection serve again.
      response
        .setEncoding("utf8")
        .on("error", reject)
        .on("end", end)
        .on("data", (chunk) => {
          answer += chunk;
          if (answer.length <= MAX_ANSWER_CHARACTERS) return;
          end();
          response.destroy();
        });
    });
    request
      .on("error", reject)
      .on("close", () => stopWaiting?.())
      .on("socket", (socket) => {
        // A flush that is waited for has a timer; any other must not hold up what waits for an empty event loop.
        socket.unref();
        // With it go the others: what silenced one of them has silenced all.
        if (request.reusedSocket)
          stopWaiting = afterAwakeMs(
            Math.max(timeoutMs / 2, 2 * kept.tookMs),
            () => agent.destroy(),
            true,
          );
      });
    // Where no connection came about, as to a host that is gone, nothing was sent.
    controller.abort = () =>
      request.destroy(request.socket?.connecting === false ? undefined : noConnection());
    // Given whole, so that it goes with a length and in one packet with the head. Node writes the head as it
    // writes the text, and a header is Latin-1: what reads alike in UTF-8 goes as that, which copies nothing.
    const copied = body && Buffer.byteLength(body) !== body.length;
    request.end(copied ? Buffer.from(body as string) : body, "latin1");
  });

function noConnection(): Error {
  return Object.assign(new Error("no connection in time"), { code: "ENOTCONN" });
}
