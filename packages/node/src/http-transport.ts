import type { Agent } from "node:http";
import type { Transport, TransportResponse } from "@prefreeze/core";
import { MAX_ANSWER_CHARACTERS } from "./answer-limit.js";

/** One for each protocol for the life of the process; Node unrefs the sockets that wait in it. */
const agents: Record<string, Agent> = {};

/** Of an address as `URL` writes it. To have Node parse it again for each push costs a tenth of that. */
const ADDRESS = /^(https?):\/\/\[?(.+?)\]?(?::(\d+))?(\/.*)?$/;

/**
 * A transport over `node:http` and `node:https`, which keeps its connection between invocations.
 *
 * Both are loaded when first needed. A request keeps no process running: who waits for it, does.
 */
export const httpTransport: Transport = ({ url, method, headers, body, controller }) =>
  new Promise<TransportResponse>((resolve, reject) => {
    const [, protocol, hostname, port, path] = ADDRESS.exec(url)!;
    const module = `node:${protocol as "http" | "https"}` as const;
    const http = process.getBuiltinModule(module);
    const agent = (agents[module] ??= new http.Agent({ keepAlive: true }));
    const request = http.request({ agent, method, headers, hostname, port, path }, (response) => {
      let answer = "";
      const end = () => resolve({ status: response.statusCode!, body: answer });
      response.setEncoding("utf8").on("error", reject).on("end", end);
      // Read to its end whatever the status: only then does the connection serve again.
      response.on("data", (chunk: string) => {
        answer += chunk;
        if (answer.length <= MAX_ANSWER_CHARACTERS) return;
        end();
        response.destroy();
      });
    });
    // A flush that is waited for has a timer; any other must not hold up what waits for an empty event loop.
    request.on("error", reject).on("socket", (socket) => socket.unref());
    controller.abort = () => request.destroy();
    // Given whole, so that it goes with a length and in one packet with the head. Node writes the head as it
    // writes the text, and a header is Latin-1: what reads alike in UTF-8 goes as that, which copies nothing.
    const isAscii = typeof body === "string" && Buffer.byteLength(body) === body.length;
    request.end(isAscii || !body ? body : Buffer.from(body), "latin1");
  });
