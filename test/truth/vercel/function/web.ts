// How functions answer with a `Response`.
import { orderOf, type TakeNote, takeOrder } from "../../servers/order.js";
import { environment, metrics } from "./metrics.js";

export async function answer(request: Request, takeNote: TakeNote): Promise<Response> {
  const order = orderOf(request.url);
  const { status, chunks, text } = await takeOrder(order, environment, metrics, takeNote);
  return new Response(chunks ? streamOf(chunks) : text, { status });
}

function streamOf(chunks: AsyncGenerator<string, void, undefined>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(new TextEncoder().encode(value));
    },
    async cancel() {
      await chunks.return();
    },
  });
}
