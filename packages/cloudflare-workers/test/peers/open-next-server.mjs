// The server, which the worker loads with its first request.
import { counter } from "@prefreeze/cloudflare-workers";

const pages = counter({ name: "pages_total", help: "Pages rendered." });

export async function handler(request) {
  const { env, ctx } = globalThis[Symbol.for("__cloudflare-context__")];
  const { pathname } = new URL(request.url);
  if (pathname === "/stale") {
    const queue = env.NEXT_CACHE_DO_QUEUE.getByName("one");
    ctx.waitUntil(queue.revalidate({ path: "/fresh" }));
  }
  pages.inc();
  const { readable, writable } = new TransformStream();
  const write = async () => {
    const writer = writable.getWriter();
    for (const text of ["<html>", pathname, "</html>"]) {
      await scheduler.wait(1);
      await writer.write(new TextEncoder().encode(text));
    }
    await writer.close();
  };
  ctx.waitUntil(write());
  return new Response(readable, { headers: { "content-type": "text/html" } });
}
