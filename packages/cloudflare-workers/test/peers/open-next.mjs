// A custom worker around OpenNext's, as its documentation has it.
import { instrument, instrumentDurableObject } from "@prefreeze/cloudflare-workers";
import handler, { DOQueueHandler as Queue } from "./open-next-worker.mjs";

export { BucketCachePurge } from "./open-next-worker.mjs";
export const DOQueueHandler = instrumentDurableObject(Queue);

export default instrument({
  fetch: handler.fetch,
  async scheduled() {
    console.log("scheduled");
  },
});
