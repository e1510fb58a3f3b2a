// Against Cloudflare's own types, which are global here. In `tsconfig.json` beside it, there are no others.
import { instrument, queueBacklog, tailMetrics } from "@prefreeze/cloudflare-workers";
import { type Equal, holds } from "../../../../../test/types/equal.js";

interface Env {
  readonly PUSHGATEWAY_URL: string;
  readonly ORDERS: Queue<Order>;
  readonly BUCKET: KVNamespace;
}
interface Order {
  readonly plan: "free" | "pro";
}
interface Props {
  readonly caller: string;
}

// Handlers of a declared type keep it.
declare const declared: ExportedHandler<Env, Order, unknown, Props>;
const wrapped = instrument(declared, { measures: [queueBacklog], shards: 2 });
holds<Equal<typeof wrapped, ExportedHandler<Env, Order, unknown, Props>>>();

// What `satisfies` said before, it says after: each parameter gets its type from the position.
export const satisfying = instrument({
  async fetch(request, env, ctx) {
    holds<Equal<typeof request.cf, IncomingRequestCfProperties | undefined>>();
    holds<Equal<typeof env, Env>>();
    holds<Equal<typeof ctx, ExecutionContext>>();
    await env.ORDERS.send({ plan: "pro" });
    // @ts-expect-error -- there is no such plan
    await env.ORDERS.send({ plan: "gold" });
    return new Response(env.PUSHGATEWAY_URL);
  },
  async scheduled(controller, env) {
    holds<Equal<typeof controller, ScheduledController>>();
    await env.BUCKET.get(controller.cron);
  },
  async queue(batch, env, ctx) {
    holds<Equal<typeof batch, MessageBatch<Order>>>();
    holds<Equal<typeof env, Env>>();
    ctx.waitUntil(Promise.resolve());
    for (const message of batch.messages) {
      const plan: "free" | "pro" = message.body.plan;
      if (plan === "pro") message.retry({ delaySeconds: batch.metadata.metrics.backlogCount });
      // @ts-expect-error -- a message has no such method
      message.reject();
    }
  },
  async email(message, env) {
    holds<Equal<typeof message, ForwardableEmailMessage>>();
    await message.forward(env.PUSHGATEWAY_URL);
  },
  async tail(events) {
    holds<Equal<typeof events, TraceItem[]>>();
  },
  trace(traces) {
    holds<Equal<typeof traces, TraceItem[]>>();
  },
  async connect(socket) {
    holds<Equal<typeof socket, Socket>>();
    await socket.close();
  },
  tailStream(event) {
    holds<Equal<typeof event, TailStream.TailEvent<TailStream.Onset>>>();
    return undefined;
  },
  async test(controller) {
    holds<Equal<typeof controller, TestController>>();
  },
}) satisfies ExportedHandler<Env, Order>;
holds<Equal<ReturnType<typeof satisfying.fetch>, Promise<Response>>>();
holds<Equal<Parameters<typeof satisfying.queue>, [MessageBatch<Order>, Env, ExecutionContext]>>();

// A position of a declared type does the same.
export const positioned: ExportedHandler<Env, Order, unknown, Props> = instrument({
  fetch(request, env, ctx) {
    holds<Equal<typeof ctx, ExecutionContext<Props>>>();
    return new Response(`${request.url} ${env.PUSHGATEWAY_URL} ${ctx.props.caller}`);
  },
  queue(batch) {
    holds<Equal<typeof batch, MessageBatch<Order>>>();
    batch.ackAll();
  },
});

// A consumer alone, and with types of its own.
export const consumer = instrument({
  async queue(batch: MessageBatch<Order>, env: Env) {
    batch.retryAll({ delaySeconds: 60 });
    await env.BUCKET.put("last", batch.queue);
  },
}) satisfies ExportedHandler<Env, Order>;

// A tail Worker, alone and as a part of a handler of one's own.
instrument({ tail: tailMetrics() }) satisfies ExportedHandler<Env>;
const count = tailMetrics();
instrument({
  async tail(events, env) {
    count(events);
    await env.BUCKET.put("last", events[0]?.outcome ?? "");
  },
}) satisfies ExportedHandler<Env>;
// @ts-expect-error -- not what a tail Worker is told
count(["ok"]);

// What `satisfies` refused before, it refuses after.
instrument({
  async queue(batch: MessageBatch<{ readonly price: number }>) {
    batch.ackAll();
  },
  // @ts-expect-error -- messages of another type
}) satisfies ExportedHandler<Env, Order>;
instrument({
  // @ts-expect-error -- a fetch handler answers with a Response
  fetch: async () => "text",
}) satisfies ExportedHandler<Env>;
// TypeScript refuses names that a type does not have only in the literal itself.
instrument({
  async queue(batch, env) {
    holds<Equal<typeof batch, MessageBatch<Order>>>();
    holds<Equal<typeof env, Env>>();
  },
  // @ts-expect-error -- a Worker has no such handler
  webhook: async () => undefined,
} satisfies ExportedHandler<Env, Order>);
instrument({
  fetch: () => new Response(),
  // @ts-expect-error -- a scheduled handler gives nothing back
  scheduled: async () => 5,
}) satisfies ExportedHandler<Env>;

// @ts-expect-error -- it has none of the handlers that are measured
instrument({ tailStream: () => undefined });
// @ts-expect-error -- not a measure
instrument(declared, { measures: ["queueBacklog"] });
// @ts-expect-error -- a measure is listed, not called
instrument(declared, { measures: [queueBacklog()] });

// Other methods stay what they are.
const remote = instrument({
  fetch: () => new Response(),
  add: async (a: number, b: number) => a + b,
});
holds<Equal<ReturnType<typeof remote.add>, Promise<number>>>();
