/** The event of an invocation, as the Extensions API has it. */
export interface InvokeEvent {
  readonly requestId: string;
  /** When the function times out, in milliseconds since 1970. */
  readonly deadlineMs: number;
}

/** Longest wait for the registration, which is local to the environment. */
const REGISTER_TIMEOUT_MS = 1_000;
const IDENTIFIER = "lambda-extension-identifier";

/**
 * Registers an internal extension, and resolves with what waits for its next event.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
 *
 * @param events an extension inside the runtime's process may have `INVOKE`, and on Managed Instances none
 * @throws Error that says why the platform did not take it
 */
export async function registerExtension(
  events: readonly "INVOKE"[],
): Promise<() => Promise<InvokeEvent>> {
  // An import of it in an ES module loads twice as much on Node 22 and later, fetch among it.
  const http = process.getBuiltinModule("node:http");
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const [hostname, port] = process.env["AWS_LAMBDA_RUNTIME_API"]!.split(":");
  /** @throws Error where the status is no success, with the start of what was answered */
  const call = (name: string, options: object, body?: string) =>
    new Promise<{ readonly answer: string; readonly identifier: string }>((resolve, reject) => {
      const path = `/2020-01-01/extension/${name}`;
      const request = http.request({ agent, hostname, port, path, ...options }, (response) => {
        let answer = "";
        response.on("data", (chunk) => (answer += String(chunk))).on("error", reject);
        response.on("end", () => {
          const { statusCode, headers } = response;
          if (statusCode === 200) resolve({ answer, identifier: String(headers[IDENTIFIER]) });
          else reject(new Error(`HTTP ${statusCode}: ${answer.slice(0, 200)}`));
        });
      });
      request.on("error", reject);
      // The wait for the next event keeps no process running: it has no other end.
      if (!body) request.on("socket", (socket) => socket.unref());
      request.end(body);
    });

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
