// The handlers of the Worker without metrics of its own.
import {
  type OrderEnv,
  type OrderMetrics,
  retriedIn,
  takeOrder,
  wait,
  type WorkerOrder,
} from "./order.js";

interface Batch {
  readonly messages: readonly { readonly body: unknown; retry(): void }[];
}

interface Email {
  readonly headers: Headers;
}

const CHUNKS = 3;
/** A client that has gone away is noticed when something is written to it. */
const MAX_CHUNKS = 500;
const CHUNK_EVERY_MS = 20;

export function handlersWith(metrics: OrderMetrics) {
  return {
    async fetch(request: Request, env: OrderEnv): Promise<Response> {
      const order = (await request.json()) as WorkerOrder;
      const answer = await takeOrder(order, { env, metrics, trigger: "http" });
      if (order.kind === "status") return Response.json(answer, { status: 503 });
      if (order.kind === "stream" || order.kind === "disconnect")
        return new Response(bodyOf(order, metrics), { headers: { "x-order": `${answer.id}` } });
      return Response.json(answer);
    },

    async scheduled({ cron }: { readonly cron: string }, env: OrderEnv): Promise<void> {
      await takeOrder(JSON.parse(cron) as WorkerOrder, { env, metrics, trigger: "timer" });
    },

    async queue({ messages }: Batch, env: OrderEnv): Promise<void> {
      const order = messages[0]!.body as WorkerOrder;
      await takeOrder(order, { env, metrics, trigger: "pubsub" });
      for (const message of messages.slice(0, retriedIn(order.amount))) message.retry();
    },

    async email({ headers }: Email, env: OrderEnv): Promise<void> {
      const order = JSON.parse(headers.get("x-order")!) as WorkerOrder;
      await takeOrder(order, { env, metrics, trigger: "pubsub" });
    },
  };
}

/** A stream that records its order's second size at its end. */
function bodyOf({ kind }: WorkerOrder, metrics: OrderMetrics): ReadableStream<Uint8Array> {
  const count = kind === "disconnect" ? MAX_CHUNKS : CHUNKS;
  let chunks = 0;
  return new ReadableStream({
    async pull(controller) {
      if (chunks > 0) await wait(CHUNK_EVERY_MS);
      if (chunks === count) {
        if (kind === "stream") metrics.sized(1);
        controller.close();
        return;
      }
      controller.enqueue(new TextEncoder().encode(`chunk ${chunks++}\n`));
    },
  });
}
