import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Endpoint } from "./endpoint.js";
import { StepFailed } from "./step.js";
import { networkAdvice } from "./network-advice.js";
import { written } from "./within.js";

/** What a server answered. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Its start. */
  readonly body: string;
}

export interface Asked {
  readonly method?: "GET" | "PUT" | "DELETE";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** For the whole of it, from the connection to the last byte. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Is given each line of the body. Without it, the first characters are kept. */
  readonly onLine?: (line: string) => void;
}

const KEPT_CHARACTERS = 100_000;

/**
 * Sends a request, and follows no redirect.
 *
 * @param path below the endpoint's address
 * @throws StepFailed if there is no answer in time
 */
export async function ask(endpoint: Endpoint, path: string, asked: Asked): Promise<Answer> {
  const { method = "GET", body, timeoutMs, onLine } = asked;
  const late = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([late, ...(asked.signal ? [asked.signal] : [])]);
  const send = endpoint.isTls ? httpsRequest : httpRequest;
  try {
    return await new Promise<Answer>((resolve, reject) => {
      const request = send(endpoint.url + path + endpoint.query, {
        method,
        agent: false,
        signal,
        headers: {
          ...endpoint.headers,
          ...asked.headers,
          ...(body === undefined ? {} : { "content-length": Buffer.byteLength(body) }),
        },
      });
      request.on("error", reject);
      request.on("response", (response) => {
        read(response, onLine).then((text) => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
        }, reject);
      });
      request.end(body);
    });
  } catch (error) {
    if (asked.signal?.aborted) throw new StepFailed("interrupted", "Run the check again.");
    if (late.aborted) {
      throw new StepFailed(
        `no answer to ${method} ${path} within ${written(timeoutMs)}`,
        "The server accepts connections but is slow or stuck. Look at its log, or give it more time with --timeout.",
      );
    }
    throw networkAdvice(error, endpoint);
  }
}

async function read(
  response: IncomingMessage,
  onLine: ((line: string) => void) | undefined,
): Promise<string> {
  let kept = "";
  response.setEncoding("utf8");
  for await (const chunk of response as AsyncIterable<string>) {
    kept += chunk;
    if (onLine === undefined) kept = kept.slice(0, KEPT_CHARACTERS);
    else {
      const lines = kept.split("\n");
      kept = (lines.pop() ?? "").slice(0, KEPT_CHARACTERS);
      for (const line of lines) onLine(line);
    }
  }
  if (onLine === undefined) return kept;
  if (kept !== "") onLine(kept);
  return "";
}
