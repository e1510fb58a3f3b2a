import { Agent, type IncomingMessage, request } from "node:http";

/** The event of an invocation, as the Extensions API has it. */
export interface InvokeEvent {
  readonly requestId: string;
  /** When the function times out, in milliseconds since 1970. */
  readonly deadlineMs: number;
}

/** Longest wait for the registration, which is local to the environment. */
const REGISTER_TIMEOUT_MS = 1_000;

/**
 * Registers an internal extension, and resolves with what waits for its next event.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
 *
 * @param address host and port of the API
 * @param events an extension inside the runtime's process may have `INVOKE`, and on Managed Instances none
 * @throws Error that says why the platform did not take it
 */
export async function registerExtension(
  address: string,
  events: readonly "INVOKE"[],
): Promise<() => Promise<InvokeEvent>> {
  // One connection, and one that keeps no process running: a pending `next` has no other end.
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const api = `http://${address}/2020-01-01/extension/`;
  const { headers } = await answerTo(
    request(`${api}register`, {
      agent,
      method: "POST",
      headers: { "lambda-extension-name": "prefreeze", "content-type": "application/json" },
      signal: AbortSignal.timeout(REGISTER_TIMEOUT_MS),
    }),
    JSON.stringify({ events }),
  );
  const identifier = String(headers["lambda-extension-identifier"]);
  return async () => {
    const next = request(`${api}event/next`, {
      agent,
      headers: { "lambda-extension-identifier": identifier },
    });
    next.on("socket", (socket) => socket.unref());
    const { body } = await answerTo(next);
    return JSON.parse(body) as InvokeEvent;
  };
}

/** @throws Error where the status is no success, with the start of what was answered */
function answerTo(sent: ReturnType<typeof request>, body?: string) {
  return new Promise<{ headers: IncomingMessage["headers"]; body: string }>((resolve, reject) => {
    sent.on("error", reject);
    sent.on("response", (response) => {
      let answer = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (answer += chunk));
      response.on("error", reject);
      response.on("end", () => {
        if (response.statusCode === 200) resolve({ headers: response.headers, body: answer });
        else reject(new Error(`HTTP ${response.statusCode}: ${answer.slice(0, 200)}`));
      });
    });
    sent.end(body);
  });
}
