import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished, vi } from "vitest";
import { ApiError } from "./api-error.js";
import { FakeFunctions, type Given } from "./fake-functions.js";

/** One request that arrived. */
export interface Arrived {
  /** As IAM names it: `UpdateFunctionConfiguration`. */
  readonly action: string;
  readonly path: string;
  readonly answered: number;
}

/**
 * A fake of Lambda's control API on the loopback interface. The real one cannot run here. It follows the API
 * reference in paths, fields, statuses and names of errors, and refuses what Lambda refuses: a change while another is
 * under way (409), an old revision (412), reserved or malformed names of variables, more than 4,096 bytes of them,
 * more than 5 layers, two versions of a layer, a layer that does not exist. It does not check signatures, except that
 * a request must be signed for the region of the function. The SDK that speaks to it is the real one.
 */
export interface ControlApi {
  readonly functions: FakeFunctions;
  readonly arrived: Arrived[];
  /** The environment variables that lead the SDK here. */
  readonly environment: Readonly<Record<string, string>>;
  /** Adds a function. */
  add(name: string, given?: Given): void;
  /** The next requests of the action are throttled. */
  throttle(action: string, times: number, retryAfterSeconds?: number): void;
  /** Requests of the action are denied to these credentials. */
  deny(action: string): void;
  /** Requests of the action are answered with this message. Default of the type: InvalidParameterValueException. */
  refuse(action: string, message: string, type?: string): void;
  /** Requests of the action are no longer refused. */
  accept(action: string): void;
  /** Something else answers all requests: a proxy, say. */
  answerWith(text: string): void;
  /** The next request of the action is done, but its answer does not arrive. */
  loseAnswer(action: string): void;
  /** Runs something just before the next request of the action is looked at. */
  before(action: string, run: () => void): void;
  /** How many requests changed something, or tried to. */
  writes(): number;
}

/** Starts the fake until the end of the test, and leads the SDK of this process to it. */
export async function startControlApi(): Promise<ControlApi> {
  const functions = new FakeFunctions();
  const arrived: Arrived[] = [];
  const throttled = new Map<string, { times: number; retryAfterSeconds: number | undefined }>();
  const denied = new Set<string>();
  const refused = new Map<string, readonly [type: string, message: string]>();
  const lost = new Set<string>();
  let elsewhere: string | undefined;
  const interruptions = new Map<string, () => void>();

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const url = new URL(request.url ?? "/", "http://fake");
    const [action, run] = functions.route(request.method ?? "GET", url, regionOf(request));
    let status = 200;
    let body: unknown;
    const headers: Record<string, string> = { "content-type": "application/json" };
    try {
      const limit = throttled.get(action);
      if (limit !== undefined && limit.times > 0) {
        limit.times -= 1;
        if (limit.retryAfterSeconds !== undefined) {
          headers["retry-after"] = String(limit.retryAfterSeconds);
        }
        throw new ApiError(429, "TooManyRequestsException", "Rate exceeded");
      }
      if (denied.has(action)) {
        throw new ApiError(
          403,
          "AccessDeniedException",
          `User: arn:aws:iam::123456789012:user/ops is not authorized to perform: lambda:${action} on resource: ${url.pathname} because no identity-based policy allows the lambda:${action} action`,
        );
      }
      const refusal = refused.get(action);
      if (refusal !== undefined) throw new ApiError(400, ...refusal);
      const interruption = interruptions.get(action);
      interruptions.delete(action);
      interruption?.();
      body = run(text === "" ? {} : (JSON.parse(text) as Record<string, unknown>));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      ({ status } = error);
      headers["x-amzn-errortype"] = error.type;
      body = { Type: status < 500 ? "User" : "Service", message: error.message };
    }
    arrived.push({ action, path: url.pathname, answered: status });
    if (elsewhere !== undefined) {
      response.writeHead(200, { "content-type": "text/html" }).end(elsewhere);
      return;
    }
    if (lost.delete(action)) {
      response.destroy();
      return;
    }
    response.writeHead(status, headers).end(JSON.stringify(body));
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      response.writeHead(500, { "x-amzn-errortype": "ServiceException" });
      response.end(JSON.stringify({ message: String(error) }));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  const { port } = server.address() as AddressInfo;
  const environment = {
    AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: "AKIAFAKE",
    AWS_SECRET_ACCESS_KEY: "fake",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  return {
    functions,
    arrived,
    environment,
    add: (name, given) => functions.add(name, given),
    throttle: (action, times, retryAfterSeconds) =>
      void throttled.set(action, { times, retryAfterSeconds }),
    deny: (action) => void denied.add(action),
    refuse: (action, message, type = "InvalidParameterValueException") =>
      void refused.set(action, [type, message]),
    accept: (action) => void refused.delete(action),
    answerWith: (text) => {
      elsewhere = text;
    },
    loseAnswer: (action) => void lost.add(action),
    before: (action, run) => void interruptions.set(action, run),
    writes: () => arrived.filter(({ action }) => !/^(?:Get|List)/.test(action)).length,
  };
}

/** The region that a request is signed for. */
function regionOf(request: IncomingMessage): string {
  const [, region = ""] =
    /Credential=[^/]+\/\d{8}\/([\w-]+)\/lambda\//.exec(request.headers.authorization ?? "") ?? [];
  return region;
}
