import { instrument } from "@prefreeze/cloudflare-workers";
import { type Equal, holds } from "../../../../test/types/equal.js";

// Cloudflare's own types, reduced to what matters here.
interface ExecutionContext<Props = unknown> {
  waitUntil(promise: Promise<unknown>): void;
  passThroughOnException(): void;
  readonly props: Props;
}
interface ScheduledController {
  readonly scheduledTime: number;
  readonly cron: string;
  noRetry(): void;
}
interface MessageBatch {
  readonly queue: string;
}
interface ExportedHandler<Env> {
  fetch?: (request: Request, env: Env, ctx: ExecutionContext) => Response | Promise<Response>;
  scheduled?: (
    controller: ScheduledController,
    env: Env,
    ctx: ExecutionContext,
  ) => void | Promise<void>;
  queue?: (batch: MessageBatch, env: Env, ctx: ExecutionContext) => void | Promise<void>;
}
interface Env {
  readonly PUSHGATEWAY_URL: string;
  readonly BUCKET: { get(key: string): Promise<string | null> };
}

// Declared handlers keep their type.
declare const declared: ExportedHandler<Env>;
const wrapped = instrument(declared, { job: "shop" });
holds<Equal<typeof wrapped, ExportedHandler<Env>>>();

// Inline handlers: request and context need no annotation.
const inline = instrument({
  async fetch(request, _env, ctx) {
    holds<Equal<typeof request, Request>>();
    ctx.waitUntil(Promise.resolve());
    // @ts-expect-error -- a context has no such method
    ctx.waitFor(Promise.resolve());
    return new Response(request.url);
  },
  helper: (): number => 7,
});
holds<Equal<ReturnType<typeof inline.fetch>, Promise<Response>>>();
holds<Equal<ReturnType<typeof inline.helper>, number>>();

// An inline handler satisfies Cloudflare's type, bindings included.
export const exported = instrument({
  async fetch(request: Request, env: Env, ctx: ExecutionContext) {
    ctx.waitUntil(env.BUCKET.get(request.url));
    return new Response(env.PUSHGATEWAY_URL);
  },
  async scheduled(controller: ScheduledController, env: Env) {
    await env.BUCKET.get(controller.cron);
  },
  async queue(batch: MessageBatch, _env: Env) {
    void batch.queue;
  },
}) satisfies ExportedHandler<Env>;

// Without annotations, parameters get the types of what the wrapped handlers are assigned to.
export const typed: ExportedHandler<Env> = instrument({
  async fetch(request, env, ctx) {
    ctx.waitUntil(env.BUCKET.get(request.url));
    // @ts-expect-error -- the Worker has no such binding
    void env.QUEUE;
    return new Response(env.PUSHGATEWAY_URL);
  },
  async queue(batch, env) {
    holds<Equal<typeof batch, MessageBatch>>();
    holds<Equal<typeof env, Env>>();
  },
});

// Methods that other Workers call stay what they are.
const remote = instrument({
  fetch: (_request: Request) => new Response(),
  add: async (a: number, b: number) => a + b,
});
holds<Equal<ReturnType<typeof remote.add>, Promise<number>>>();

// A framework's app keeps its class.
class App {
  readonly routes: string[] = [];
  fetch = (_request: Request, _env?: Env, _ctx?: ExecutionContext): Response | Promise<Response> =>
    new Response();
  get(path: string): this {
    this.routes.push(path);
    return this;
  }
}
const app = instrument(new App());
holds<Equal<typeof app, App>>();

// A Worker need not answer requests.
instrument({ queue: async () => undefined });

// @ts-expect-error -- it has none of the handlers that are measured
instrument({ test: async () => undefined });
// @ts-expect-error -- a fetch handler answers with a Response
instrument({ fetch: async () => "text" });
// @ts-expect-error -- there is no such option
instrument(declared, { flushTimeout: 1_000 });
