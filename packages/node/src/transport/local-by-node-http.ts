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
  const { hostname: host, port } = new URL(`http://${address}`);
  const signal = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  return new Promise((resolve, reject) => {
    // What `http.request` returns. Agents that monitor outgoing requests replace that function.
    const request = new http.ClientRequest(
      { agent, host, port, method, path, headers, ...(signal && { signal }) },
      (response) => {
        let answer = "";
        response.on("error", reject).on("data", (chunk) => {
          if (answer.length <= MAX_ANSWER_CHARACTERS) answer += String(chunk);
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
