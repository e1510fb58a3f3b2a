import type { Agent } from "node:http";
import type { Transport, TransportResponse } from "@prefreeze/core";

/** What an answer that is no success is read up to. */
const MAX_ANSWER_BYTES = 2_000;

/** One for each protocol for the life of the process; Node unrefs the sockets that wait in it. */
const agents = new Map<string, Agent>();

/**
 * A transport over `node:http` and `node:https`, which keeps its connection between invocations.
 *
 * Both are loaded when first needed.
 */
export const httpTransport: Transport = async ({ url, method, headers, body, signal }) => {
  const secure = url.startsWith("https:");
  const http = secure ? await import("node:https") : await import("node:http");
  const protocol = secure ? "https:" : "http:";
  let agent = agents.get(protocol);
  if (agent === undefined) agents.set(protocol, (agent = new http.Agent({ keepAlive: true })));
  return new Promise<TransportResponse>((resolve, reject) => {
    const request = http.request(url, { agent, method, headers, signal }, (response) => {
      const status = response.statusCode ?? 0;
      if (status >= 200 && status < 300) {
        // Read to its end all the same: only then does the connection serve again.
        response.resume();
        resolve({ status, body: "" });
        return;
      }
      let answer = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        if (answer.length < MAX_ANSWER_BYTES) answer += chunk;
      });
      response.on("error", reject);
      response.on("end", () => resolve({ status, body: answer }));
    });
    request.on("error", reject);
    // Given whole, so that it goes with a length and in one packet with the head.
    request.end(body);
  });
};
