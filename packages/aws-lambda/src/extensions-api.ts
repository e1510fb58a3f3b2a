import { Agent, request } from "node:http";

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
 * @param events an extension inside the runtime's process may have `INVOKE`, and on Managed Instances none
 * @throws Error that says why the platform did not take it
 */
export async function registerExtension(
  events: readonly "INVOKE"[],
): Promise<() => Promise<InvokeEvent>> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const identify = "lambda-extension-identifier";
  /** @throws Error where the status is no success, with the start of what was answered */
  const call = (path: string, options: object, body?: string) =>
    new Promise<readonly [answer: string, identifier: string]>((resolve, reject) => {
      const url = `http://${process.env["AWS_LAMBDA_RUNTIME_API"]}/2020-01-01/extension/${path}`;
      const sent = request(url, { agent, ...options }, async (response) => {
        try {
          const answer = Buffer.concat(await response.toArray()).toString();
          if (response.statusCode !== 200)
            throw new Error(`HTTP ${response.statusCode}: ${answer.slice(0, 200)}`);
          resolve([answer, String(response.headers[identify])]);
        } catch (error) {
          reject(error as Error);
        }
      });
      sent.on("error", reject);
      // The wait for the next event keeps no process running: it has no other end.
      if (!body) sent.on("socket", (socket) => socket.unref());
      sent.end(body);
    });

  const [, identifier] = await call(
    "register",
    {
      method: "POST",
      headers: { "lambda-extension-name": "prefreeze" },
      signal: AbortSignal.timeout(REGISTER_TIMEOUT_MS),
    },
    JSON.stringify({ events }),
  );
  return async () => {
    const [event] = await call("event/next", { headers: { [identify]: identifier } });
    return JSON.parse(event) as InvokeEvent;
  };
}
