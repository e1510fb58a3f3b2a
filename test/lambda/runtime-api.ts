import type { IncomingMessage, ServerResponse } from "node:http";
import { readBody } from "./http-body.js";
import type { Invocation } from "./invocation.js";
import { listenOnLoopback, type LoopbackServer } from "./loopback-server.js";

/** What the runtime inside an environment does, as seen by the environment. */
interface RuntimeListener {
  /** The runtime waits for its next invocation; `deliver` ends the wait. */
  next(deliver: (invocation: Invocation, deadlineMs: number) => void): void;
  /** False where no such invocation is running. */
  response(requestId: string, body: Buffer): boolean;
  /** False where no such invocation is running. */
  error(requestId: string, body: Buffer): boolean;
  initError(body: Buffer): void;
}

/**
 * Serves the Lambda Runtime API (2018-06-01) to the one runtime of one environment.
 *
 * Every environment has a server of its own, since the runtime finds it by host and port only.
 */
export function serveRuntimeApi(listener: RuntimeListener): Promise<LoopbackServer> {
  return listenOnLoopback(async (request, response) => {
    const route = /^\/2018-06-01\/runtime\/(?:invocation\/)?(.+)$/.exec(request.url ?? "")?.[1];
    if (request.method === "GET" && route === "next") {
      listener.next((invocation, deadlineMs) => handOut(response, invocation, deadlineMs));
      return;
    }
    await accept(listener, route ?? "", request, response);
  });
}

async function accept(
  listener: RuntimeListener,
  route: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request);
  const [requestId = "", verb] = route.split("/");
  if (request.method !== "POST" || (verb !== "response" && verb !== "error")) {
    reply(response, 404, { errorType: "NotFound", errorMessage: `no route ${request.url}` });
  } else if (requestId === "init" && verb === "error") {
    listener.initError(body);
    reply(response, 202, { status: "OK" });
  } else if (listener[verb](decodeURIComponent(requestId), body)) {
    reply(response, 202, { status: "OK" });
  } else {
    reply(response, 400, { errorType: "InvalidRequestID", errorMessage: "Invalid request ID" });
  }
}

function handOut(response: ServerResponse, invocation: Invocation, deadlineMs: number): void {
  response.writeHead(200, {
    "Content-Type": "application/json",
    "Lambda-Runtime-Aws-Request-Id": invocation.requestId,
    "Lambda-Runtime-Deadline-Ms": String(deadlineMs),
    "Lambda-Runtime-Invoked-Function-Arn": invocation.functionArn,
    "Lambda-Runtime-Trace-Id": invocation.traceId,
    ...(invocation.clientContext === undefined
      ? {}
      : { "Lambda-Runtime-Client-Context": invocation.clientContext }),
  });
  response.end(invocation.payload);
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(body));
}
