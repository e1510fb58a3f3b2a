// In the shape of `.open-next/worker.js`, which OpenNext's adapter for Cloudflare writes.
import { AsyncLocalStorage } from "node:async_hooks";
import { DurableObject } from "cloudflare:workers";

const cloudflareContext = new AsyncLocalStorage();
Object.defineProperty(globalThis, Symbol.for("__cloudflare-context__"), {
  get: () => cloudflareContext.getStore(),
});

export class DOQueueHandler extends DurableObject {
  async revalidate({ path }) {
    const { WORKER_SELF_REFERENCE } = this.env;
    return (await WORKER_SELF_REFERENCE.fetch(`http://self${path}`)).status;
  }
}

export class BucketCachePurge extends DurableObject {}

export default {
  async fetch(request, env, ctx) {
    return cloudflareContext.run({ env, ctx, cf: request.cf }, async () => {
      const url = new URL(request.url);
      if (url.pathname.startsWith("/_next/image")) return env.ASSETS.fetch(request);
      const { handler } = await import("./open-next-server.mjs");
      return handler(request, env, ctx, request.signal);
    });
  },
};
