import type { Workload } from "../workload.js";
import { barePut } from "./bare-put.js";
import { PUSH_BODY } from "./push-body.js";

/** Pushes the bytes of `push-prefreeze.ts` over bare `node:http` with keep-alive. */
export function createWorkload(_: number, url: string): Workload {
  const { put, close } = barePut(url, PUSH_BODY);
  return { run: (measured) => measured(put), finish: close };
}
