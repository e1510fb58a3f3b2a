// How functions answer through Node's response.
import type { IncomingMessage, ServerResponse } from "node:http";
import { orderOf, type TakeNote, takeOrder } from "../../servers/order.js";
import { environment, metrics } from "./metrics.js";

export async function answerNode(
  request: IncomingMessage,
  response: ServerResponse,
  takeNote: TakeNote,
): Promise<void> {
  const order = orderOf(request.url!);
  const { status, chunks, text } = await takeOrder(order, environment, metrics, takeNote);
  response.statusCode = status;
  if (!chunks) {
    response.end(text);
    return;
  }
  for await (const chunk of chunks) {
    if (response.destroyed) break;
    response.write(chunk);
  }
  response.end();
}
