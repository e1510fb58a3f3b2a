import { instrument } from "@prefreeze/vercel/next";
import { hits } from "../../metrics";

export const dynamic = "force-dynamic";

/** Sends a text now and another one 300 ms later. */
export const GET = instrument(async (_request: Request) => {
  const late = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode("first "));
      setTimeout(() => {
        hits.inc({ route: "stream" });
        controller.enqueue(new TextEncoder().encode("last"));
        controller.close();
      }, 300);
    },
  });
  return new Response(late);
});
