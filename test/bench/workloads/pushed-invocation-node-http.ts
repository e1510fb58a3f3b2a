import type { Workload } from "../workload.js";
import { barePut } from "./bare-put.js";
import { prefreezeHandler } from "./prefreeze-handler.js";

/** Records nothing, and pushes the bytes of such a snapshot over bare `node:http` with keep-alive. */
export async function createWorkload(_: number, url: string): Promise<Workload> {
  let snapshot = "";
  const handler = prefreezeHandler(async ({ body }) => {
    snapshot = String(body);
    return { status: 200, body: "" };
  }, url);
  for (const plan of ["free", "pro"]) await handler(plan, 1);
  const { put, close } = barePut(url, snapshot);
  return { run: (measured) => measured(put), finish: close };
}
