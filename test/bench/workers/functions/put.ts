import { shop } from "./shop.js";

interface Bindings {
  readonly PUSHGATEWAY_URL: string;
  readonly SNAPSHOT: string;
}

/** Records nothing, and pushes the same bytes after the response. */
export default {
  fetch(request: Request, env: Bindings, ctx: { waitUntil(promise: Promise<unknown>): void }) {
    ctx.waitUntil(put(env));
    return shop.fetch(request);
  },
};

async function put({ PUSHGATEWAY_URL, SNAPSHOT }: Bindings): Promise<void> {
  const answer = await fetch(`${PUSHGATEWAY_URL}/metrics/job/bench`, {
    method: "PUT",
    headers: { "content-type": "text/plain" },
    body: SNAPSHOT,
  });
  await answer.text();
}
