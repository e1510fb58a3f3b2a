import { untraced } from "@prefreeze/core/adapter";

/** The event of an invocation in the Extensions API. */
export interface InvokeEvent {
  readonly requestId: string;
  /** When the function times out, in milliseconds since 1970. */
  readonly deadlineMs: number;
}

/** Longest wait for the registration, which never leaves the environment. */
const REGISTER_TIMEOUT_MS = 1_000;
const IDENTIFIER = "lambda-extension-identifier";

/**
 * Registers an internal extension.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
 *
 * @param events inside the runtime's process, an extension may ask for `INVOKE`; on Managed Instances, for none
 * @returns waits for the next event
 * @throws Error if Lambda refuses the extension
 */
export async function registerExtension(
  events: readonly "INVOKE"[],
): Promise<() => Promise<InvokeEvent>> {
  // On Node 22 and later, importing it in an ES module loads twice as much, `fetch` included.
  const http = process.getBuiltinModule("node:http");
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const [hostname, port] = process.env["AWS_LAMBDA_RUNTIME_API"]!.split(":");
  /** @throws Error if the status is not 200, with the start of the answer */
  const call = (name: string, options: object, body?: string) =>
    untraced(
      () =>
        new Promise<{ readonly answer: string; readonly identifier: string }>((resolve, reject) => {
          const path = `/2020-01-01/extension/${name}`;
          // What `http.request` returns. Agents that monitor outgoing requests replace that function.
          const request = new http.ClientRequest(
            { agent, hostname, port, path, ...options },
            (response) => {
              let answer = "";
              response.on("data", (chunk) => (answer += String(chunk))).on("error", reject);
              response.on("end", () => {
                const { statusCode, headers } = response;
                if (statusCode === 200)
                  resolve({ answer, identifier: String(headers[IDENTIFIER]) });
                else reject(new Error(`HTTP ${statusCode}: ${answer.slice(0, 200)}`));
              });
            },
          );
          request.on("error", reject);
          // Waiting for the next event, which may never come, must not keep the process running.
          if (!body) request.on("socket", (socket) => socket.unref());
          request.end(body);
        }),
    );

  const { identifier } = await call(
    "register",
    {
      method: "POST",
      headers: { "lambda-extension-name": "prefreeze" },
      signal: AbortSignal.timeout(REGISTER_TIMEOUT_MS),
    },
    JSON.stringify({ events }),
  );
  return async () => {
    const { answer } = await call("event/next", { headers: { [IDENTIFIER]: identifier } });
    return JSON.parse(answer) as InvokeEvent;
  };
}
