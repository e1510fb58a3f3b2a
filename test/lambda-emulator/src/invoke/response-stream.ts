import type { ServerResponse } from "node:http";
import { eventStreamMessage } from "./event-stream.js";
import { logTail } from "../invocation/platform-log.js";
import type { Run } from "../invocation/run.js";

/**
 * Passes a response on as it arrives, as `InvokeWithResponseStream` does: a `PayloadChunk` for each
 * piece, then `InvokeComplete`, with the error if there was one. A caller that does not read slows
 * the function down (backpressure); a caller that hangs up does not.
 */
export async function streamResponse(
  run: Run,
  wantsLog: boolean,
  response: ServerResponse,
): Promise<void> {
  let begun = false;
  run.body.on("data", (chunk: Buffer) => {
    begun = true;
    if (response.destroyed || response.write(payloadChunk(chunk))) return;
    run.body.pause();
    response.once("drain", () => run.body.resume());
  });
  response.once("close", () => run.body.resume());
  const bodyEnded = new Promise((resolve) => run.body.once("end", resolve));
  const [error] = await Promise.all([run.answer, bodyEnded]);
  if (error !== undefined && !begun) response.write(payloadChunk(error.payload));
  response.end(
    invokeComplete({
      ...(error === undefined
        ? {}
        : { ErrorCode: "Unhandled", ErrorDetails: error.payload.toString() }),
      ...(wantsLog ? { LogResult: logTail(await run.log) } : {}),
    }),
  );
}

function payloadChunk(payload: Buffer): Buffer {
  return eventStreamMessage(headers("PayloadChunk", "application/octet-stream"), payload);
}

function invokeComplete(event: object): Buffer {
  const payload = Buffer.from(JSON.stringify(event));
  return eventStreamMessage(headers("InvokeComplete", "application/json"), payload);
}

function headers(eventType: string, contentType: string): Record<string, string> {
  return { ":message-type": "event", ":event-type": eventType, ":content-type": contentType };
}
