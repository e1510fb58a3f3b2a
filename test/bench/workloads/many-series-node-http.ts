import { httpTransport } from "@prefreeze/node";
import type { Workload } from "../workload.js";
import { barePut } from "./bare-put.js";
import { manySeries } from "./many-series.js";

/** Records nothing, and pushes the bytes of `many-series-all-in.ts` over bare `node:http` with keep-alive. */
export async function createWorkload(series: number, url: string): Promise<Workload> {
  let bytes: string | Uint8Array = "";
  const keep: typeof httpTransport = async ({ body = "" }) => {
    bytes = body;
    return { status: 200, body: "" };
  };
  await manySeries(series, { pushed: { url, transport: Object.assign(keep, httpTransport) } });
  const { put, close } = barePut(url, bytes);
  return { run: (measured) => measured(put), finish: close };
}
