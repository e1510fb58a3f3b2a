import { untraced } from "@prefreeze/core/adapter";
import { localClient, type LocalRequest } from "@prefreeze/node";

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
 * @param notRead called with what was wrong with an answer, if `node:http` asks from then on
 * @returns waits for the next event
 * @throws Error if Lambda refuses the extension
 */
export async function registerExtension(
  events: readonly "INVOKE"[],
  notRead?: (reason: string) => void,
): Promise<() => Promise<InvokeEvent>> {
  const send = localClient(process.env["AWS_LAMBDA_RUNTIME_API"]!, notRead);
  /** @throws Error if the status is not 200, with the start of the answer */
  const call = async (
    name: string,
    request: Pick<LocalRequest, "method" | "headers" | "body" | "timeoutMs">,
  ) => {
    const path = `/2020-01-01/extension/${name}`;
    const answer = await untraced(() => send({ ...request, path, answerHeader: IDENTIFIER }));
    if (answer.status === 200) return answer;
    throw new Error(`HTTP ${answer.status}: ${answer.body.slice(0, 200)}`);
  };

  const { header = "" } = await call("register", {
    method: "POST",
    headers: { "lambda-extension-name": "prefreeze" },
    body: JSON.stringify({ events }),
    timeoutMs: REGISTER_TIMEOUT_MS,
  });
  return async () => {
    const { body } = await call("event/next", { method: "GET", headers: { [IDENTIFIER]: header } });
    return JSON.parse(body) as InvokeEvent;
  };
}
