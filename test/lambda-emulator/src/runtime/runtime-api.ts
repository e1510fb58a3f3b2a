import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { readBody } from "../loopback/http-body.js";
import { functionError, type FunctionError, type Invocation } from "../invocation/invocation.js";
import { reply } from "../loopback/json-reply.js";
import type { Responder } from "../invocation/run.js";

/** Called by the Runtime API: it passes the runtime's requests to the environment. */
export interface RuntimeListener {
  /** The runtime waits for its next invocation. `deliver` hands one out. */
  next(deliver: (invocation: Invocation, deadlineMs: number) => void): void;
  /** @returns undefined if no invocation with this id waits for a response */
  respond(requestId: string): Responder | undefined;
  initError(error: FunctionError): void;
}

/** Serves a request of the Lambda Runtime API (2018-06-01), with streamed responses. */
export async function serveRuntimeApi(
  listener: RuntimeListener,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const route = /^\/2018-06-01\/runtime\/(?:invocation\/)?(.+)$/.exec(request.url ?? "")?.[1] ?? "";
  if (request.method === "GET" && route === "next") {
    listener.next((invocation, deadlineMs) => handOut(response, invocation, deadlineMs));
    return;
  }
  const [requestId = "", verb] = route.split("/");
  if (request.method !== "POST" || (verb !== "response" && verb !== "error")) {
    reply(response, 404, { errorType: "NotFound", errorMessage: `no route ${request.url}` });
    return;
  }
  if (requestId === "init" && verb === "error") {
    listener.initError({ payload: await readBody(request) });
    reply(response, 202, { status: "OK" });
    return;
  }
  const responder = listener.respond(decodeURIComponent(requestId));
  if (responder === undefined) {
    request.resume();
    reply(response, 400, { errorType: "InvalidRequestID", errorMessage: "Invalid request ID" });
  } else if (verb === "error") {
    responder.end({ payload: await readBody(request) });
    reply(response, 202, { status: "OK" });
  } else {
    await takeResponse(responder, request, response);
  }
}

async function takeResponse(
  responder: Responder,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    await pipeline(request, responder.body, { end: false });
  } catch {
    const errorMessage = "The runtime's response ended before it was whole";
    responder.end(functionError({ errorType: "Runtime.TruncatedResponse", errorMessage }));
    return;
  }
  responder.end(errorInTrailers(request));
  reply(response, 202, { status: "OK" });
}

/** The error that a streamed response reports in its trailers, after part of the body. */
function errorInTrailers({ trailers }: IncomingMessage): FunctionError | undefined {
  const errorType = trailers["lambda-runtime-function-error-type"];
  const body = trailers["lambda-runtime-function-error-body"];
  if (body !== undefined) return { payload: Buffer.from(body, "base64") };
  return errorType === undefined ? undefined : functionError({ errorType, errorMessage: "" });
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
