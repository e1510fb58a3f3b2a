import type { Agent } from "node:http";
import { MAX_ANSWER_CHARACTERS } from "./answer-limit.js";
import type { LocalAnswer, LocalRequest } from "./local-request.js";

/** For the life of the process. The one of Node.js may use a proxy. */
let agent: Agent | undefined;

/** Sends a request of `localClient` by `node:http`. */
export function askByNodeHttp(
  address: string,
  { method, path, headers, body, timeoutMs, answerHeader }: LocalRequest,
): Promise<LocalAnswer> {
  // On Node 22 and later, importing it in an ES module loads twice as much, `fetch` included.
  const http = process.getBuiltinModule("node:http");
  agent ??= new http.Agent({ keepAlive: true });
  const { hostname, port } = new URL(`http://${address}`);
  // A URL has IPv6 addresses in brackets.
  const host = hostname.replace(/\[|]/g, "");
  const signal = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  return new Promise((resolve, reject) => {
    // What `http.request` returns. Agents that monitor outgoing requests replace that function.
    const request = new http.ClientRequest(
      { agent, host, port, method, path, headers, ...(signal && { signal }) },
      (response) => {
        let answer = "";
        // Characters may be split.
        response.setEncoding("utf8").on("error", reject);
        response.on("data", (chunk: string) => {
          if (answer.length <= MAX_ANSWER_CHARACTERS) answer += chunk;
        });
        response.on("end", () => {
          const header = response.headers[answerHeader];
          resolve({ status: response.statusCode!, body: answer, header: header?.toString() });
        });
      },
    );
    request.on("error", reject);
    if (timeoutMs === undefined) request.on("socket", (socket) => socket.unref());
    request.end(body);
  });
}
