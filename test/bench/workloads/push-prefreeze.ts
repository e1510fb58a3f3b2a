import { pushgateway } from "../../../packages/core/test/internals.js";
import { httpTransport } from "@prefreeze/node";
import type { Workload } from "../workload.js";
import { PUSH_BODY, PUSH_PATH } from "./push-body.js";

/** Pushes over the keep-alive transport. */
export function createWorkload(_: number, url: string): Workload {
  const target = pushgateway({ url, transport: httpTransport });
  return {
    async run(measured) {
      await measured(() => target.send("PUT", PUSH_PATH, PUSH_BODY, new AbortController()));
    },
  };
}
