import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Extensions, Refusal } from "./extensions.js";
import type { FunctionConfiguration } from "./function-configuration.js";
import { readBody } from "../loopback/http-body.js";
import { functionError, type FunctionError, type Invocation } from "../invocation/invocation.js";
import { reply } from "../loopback/json-reply.js";

/** Called by the Extensions API: it passes the extensions' requests to the environment. */
export interface ExtensionListener {
  /** An extension waits for its next event. */
  extensionWaits(): void;
  /** An extension has reported an error, which ends its environment. */
  extensionFailed(error: FunctionError): void;
}

const prefix = "/2020-01-01/extension/";

/** Whether a request belongs to the Extensions API. */
export function isForExtensions(request: IncomingMessage): boolean {
  return request.url?.startsWith(prefix) === true;
}

/** Serves a request of the Lambda Extensions API (2020-01-01). */
export async function serveExtensionsApi(
  { functionName, handler }: FunctionConfiguration,
  extensions: Extensions,
  listener: ExtensionListener,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request);
  const identifier = headerOf(request, "lambda-extension-identifier");
  const route = `${request.method} ${request.url?.slice(prefix.length)}`;
  switch (route) {
    case "POST register": {
      const registered = register(request, body);
      if ("errorType" in registered) return reply(response, 403, registered);
      response.setHeader("Lambda-Extension-Identifier", registered.identifier);
      return reply(response, 200, { functionName, functionVersion: "$LATEST", handler });
    }
    case "GET event/next": {
      const refusal = extensions.next(identifier, (invocation, deadlineMs) => {
        response.setHeader("Lambda-Extension-Event-Identifier", randomUUID());
        reply(response, 200, invokeEvent(invocation, deadlineMs));
      });
      if (refusal !== undefined) return reply(response, 403, refusal);
      return listener.extensionWaits();
    }
    case "POST init/error":
    case "POST exit/error": {
      const refusal = extensions.check(identifier) ?? missingErrorType(request);
      if (refusal !== undefined) return reply(response, 403, refusal);
      reply(response, 202, { status: "OK" });
      return listener.extensionFailed(
        functionError({
          errorType: route === "POST init/error" ? "Extension.InitError" : "Extension.ExitError",
          errorMessage: headerOf(request, errorTypeHeader),
        }),
      );
    }
    default:
      return reply(response, 404, { errorType: "NotFound", errorMessage: `no route ${route}` });
  }

  function register(request: IncomingMessage, body: Buffer) {
    const name = headerOf(request, "lambda-extension-name");
    if (name === "") {
      return { errorType: "Extension.InvalidExtensionName", errorMessage: "Empty extension name" };
    }
    const events = eventsOf(body);
    if (events !== undefined) return extensions.register(name, events);
    return { errorType: "InvalidRequestFormat", errorMessage: `not {"events": […]}: ${body}` };
  }
}

const errorTypeHeader = "lambda-extension-function-error-type";

function missingErrorType(request: IncomingMessage): Refusal | undefined {
  if (headerOf(request, errorTypeHeader) !== "") return undefined;
  const errorMessage = "Lambda-Extension-Function-Error-Type not found";
  return { errorType: "Extension.MissingHeader", errorMessage };
}

function eventsOf(body: Buffer): string[] | undefined {
  try {
    const { events = [] } = JSON.parse(body.toString()) as { events?: string[] };
    return Array.isArray(events) ? events : undefined;
  } catch {
    return undefined;
  }
}

function invokeEvent(invocation: Invocation, deadlineMs: number): object {
  return {
    eventType: "INVOKE",
    deadlineMs,
    requestId: invocation.requestId,
    invokedFunctionArn: invocation.functionArn,
    tracing: { type: "X-Amzn-Trace-Id", value: invocation.traceId },
  };
}

function headerOf(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? "";
}
