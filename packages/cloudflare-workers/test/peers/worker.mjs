import { counter, instrument } from "@prefreeze/cloudflare-workers";

const jobs = counter({ name: "jobs_total", help: "Jobs done." });

/** A wrapped Worker that is its own consumer. */
export const worker = () =>
  instrument({
    async fetch(request, env) {
      const { pathname } = new URL(request.url);
      if (pathname === "/send") await env.QUEUE.send({ n: 1 });
      if (pathname === "/throw") throw new RangeError("broken");
      return new Response("fetched");
    },
    async queue(batch) {
      jobs.inc(batch.messages.length);
      console.log(`queue got ${batch.messages.length}`);
    },
    async scheduled() {
      console.log("scheduled");
    },
  });
