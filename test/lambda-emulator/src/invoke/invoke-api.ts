import { randomBytes, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import type { EnvironmentPool } from "../environment/environment-pool.js";
import { functionArnOf } from "../runtime/function-configuration.js";
import { readBody } from "../loopback/http-body.js";
import type { Invocation } from "../invocation/invocation.js";
import { logTail } from "../invocation/platform-log.js";
import { streamResponse } from "./response-stream.js";
import { listenOnLoopback, type LoopbackServer } from "../loopback/loopback-server.js";

/**
 * Serves AWS's Invoke API for one function: `Invoke` (`RequestResponse`, `Event`, `DryRun`) and
 * `InvokeWithResponseStream`, with log tails and function errors. An `Event` that fails is not
 * retried. A call that asks for a log tail is answered when the invocation and its extensions are
 * done.
 */
export function serveInvokeApi(
  functionName: string,
  pool: EnvironmentPool,
): Promise<LoopbackServer> {
  const functionArn = functionArnOf(functionName);
  return listenOnLoopback(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const [, path = "", name = ""] = route.exec(url.pathname) ?? [];
    const body = await readBody(request);
    const called = decodeURIComponent(name).replace(/:\$LATEST$/, "");
    if (request.method !== "POST" || (called !== functionName && called !== functionArn)) {
      const message = `Function not found: ${functionArnOf(called)}`;
      refuse(response, 404, "ResourceNotFoundException", message);
    } else if (!isJson(body)) {
      const message = "Could not parse request body into json";
      refuse(response, 400, "InvalidRequestContentException", message);
    } else {
      const streaming = path.startsWith("2021-11-15");
      const invocation = newInvocation(request, body, functionArn);
      await (streaming ? stream : invoke)(pool, invocation, request, response);
    }
  });
}

const route =
  /^\/(2015-03-31(?=.*\/invocations$)|2021-11-15(?=.*\/response-streaming-invocations$))\/functions\/([^/]+)\/[^/]+$/;

async function stream(
  pool: EnvironmentPool,
  invocation: Invocation,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const run = await pool.invoke(invocation);
    response.writeHead(200, {
      ...headersOf(invocation),
      "Content-Type": "application/vnd.amazon.eventstream",
    });
    response.flushHeaders();
    await streamResponse(run, header(request, "x-amz-log-type") === "Tail", response);
  } catch (error) {
    refuse(response, 500, "ServiceException", String(error));
  }
}

async function invoke(
  pool: EnvironmentPool,
  invocation: Invocation,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const headers = headersOf(invocation);
  const type = header(request, "x-amz-invocation-type") ?? "RequestResponse";
  if (type === "DryRun") {
    response.writeHead(204, headers).end();
    return;
  }
  const taken = pool.invoke(invocation);
  if (type === "Event") {
    // No caller waits for the result. What happened is in the environment's log.
    taken.then(
      ({ body }) => body.resume(),
      () => {},
    );
    response.writeHead(202, headers).end();
    return;
  }
  try {
    const run = await taken;
    const [body, error] = await Promise.all([buffer(run.body), run.answer]);
    headers["Content-Type"] = "application/json";
    if (error !== undefined) headers["X-Amz-Function-Error"] = "Unhandled";
    if (header(request, "x-amz-log-type") === "Tail") {
      headers["X-Amz-Log-Result"] = logTail(await run.log);
    }
    response.writeHead(200, headers).end(error?.payload ?? body);
  } catch (error) {
    refuse(response, 500, "ServiceException", String(error));
  }
}

function headersOf({ requestId, traceId }: Invocation): Record<string, string> {
  return {
    "x-amzn-RequestId": requestId,
    "X-Amzn-Trace-Id": traceId,
    "X-Amz-Executed-Version": "$LATEST",
  };
}

function newInvocation(request: IncomingMessage, body: Buffer, functionArn: string): Invocation {
  const clientContext = header(request, "x-amz-client-context");
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  const root = `1-${seconds}-${randomBytes(12).toString("hex")}`;
  const invocation = {
    requestId: randomUUID(),
    payload: body.length === 0 ? Buffer.from("{}") : body,
    functionArn,
    traceId: `Root=${root};Parent=${randomBytes(8).toString("hex")};Sampled=0`,
  };
  if (clientContext === undefined) return invocation;
  return { ...invocation, clientContext: Buffer.from(clientContext, "base64").toString() };
}

function isJson(body: Buffer): boolean {
  if (body.length === 0) return true;
  try {
    JSON.parse(body.toString());
    return true;
  } catch {
    return false;
  }
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function refuse(response: ServerResponse, status: number, type: string, message: string): void {
  response.writeHead(status, { "Content-Type": "application/json", "x-amzn-ErrorType": type });
  response.end(JSON.stringify({ Type: status < 500 ? "User" : "Service", Message: message }));
}
