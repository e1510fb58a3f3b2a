import type { Workload } from "../workload.js";
import { invocationWorkload } from "./invocations.js";
import { prefreezeHandler } from "./prefreeze-handler.js";

/** A whole invocation, flusher and Pushgateway target included. The transport only counts the body's bytes. */
export function createWorkload(): Workload {
  let snapshots = 0;
  const handler = prefreezeHandler(async ({ body }) => {
    if (typeof body === "string" && Buffer.byteLength(body) > 1_000) snapshots++;
    return { status: 200, body: "" };
  }, "http://127.0.0.1:9091");
  return invocationWorkload(handler, () => snapshots);
}
