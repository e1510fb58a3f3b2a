import { request } from "node:http";

/** How one invocation ended. */
export interface DevInvocation {
  /** Its place among all, from 1. */
  readonly number: number;
  /** The handler returned, within its time. */
  readonly ok: boolean;
  /** What the handler returned, if it did; undefined if that was nothing. */
  readonly result?: unknown;
  /** What it failed with, as a caller of the function sees it. */
  readonly error?: {
    readonly errorType?: string;
    readonly errorMessage: string;
    readonly trace?: readonly string[];
  };
  /** Milliseconds until its environment waited for the next one, the push after the response included. */
  readonly durationMs: number;
  /** Milliseconds from the start of the environment until it was ready; only of a cold start. */
  readonly initDurationMs?: number;
}

/** Calls a function of the emulator, and waits until its environment has nothing left to do. */
export async function invoke(
  endpoint: string,
  functionName: string,
  event: unknown,
  number: number,
): Promise<DevInvocation> {
  const beganMs = performance.now();
  const { body, failed, log } = await call(
    `${endpoint}/2015-03-31/functions/${functionName}/invocations`,
    JSON.stringify(event),
  );
  const tookMs = performance.now() - beganMs;
  const [, duration] = /\tDuration: ([\d.]+) ms/.exec(log) ?? [];
  const [, init] = /\tInit Duration: ([\d.]+) ms/.exec(log) ?? [];
  const common = {
    number,
    durationMs: duration === undefined ? Math.round(tookMs * 100) / 100 : Number(duration),
    ...(init === undefined ? {} : { initDurationMs: Number(init) }),
  };
  const value = parsed(body);
  if (!failed) return { ...common, ok: true, ...(value === undefined ? {} : { result: value }) };
  const { errorType, errorMessage, trace } = Object(value) as {
    errorType?: string;
    errorMessage?: string;
    trace?: string[];
  };
  return {
    ...common,
    ok: false,
    error: {
      ...(errorType ? { errorType } : {}),
      errorMessage: errorMessage ?? body,
      ...(trace && trace.length > 0 ? { trace } : {}),
    },
  };
}

/** Of a function that streams its response, the body may be any text. */
function parsed(body: string): unknown {
  if (body === "") return undefined;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
}

/** Without a limit of its own: the emulator ends the invocation when its time is up. */
function call(
  url: string,
  payload: string,
): Promise<{ readonly body: string; readonly failed: boolean; readonly log: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method: "POST", agent: false, headers: { "x-amz-log-type": "Tail" } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const { "x-amz-function-error": failed, "x-amz-log-result": tail = "" } =
            response.headers;
          const body = Buffer.concat(chunks).toString();
          if (response.statusCode !== 200) {
            reject(new Error(`the emulator cannot invoke the function: ${body.slice(0, 500)}`));
            return;
          }
          const log = Buffer.from(String(tail), "base64").toString();
          resolve({ body, failed: failed !== undefined, log });
        });
      },
    );
    sent.on("error", reject);
    sent.end(payload);
  });
}
