import { Agent, request } from "node:http";
import type { Workload } from "../workload.js";
import { PUSH_BODY } from "./push-body.js";

/** The same bytes over bare `node:http` with keep-alive. */
export function createWorkload(_: number, url: string): Workload {
  const agent = new Agent({ keepAlive: true });
  const { hostname, port } = new URL(url);
  const headers = { "content-type": "text/plain", "content-length": Buffer.byteLength(PUSH_BODY) };
  const put = () =>
    new Promise<void>((resolve, reject) => {
      const outgoing = request({
        hostname,
        port,
        path: "/metrics/job/bench",
        method: "PUT",
        agent,
        headers,
      });
      outgoing.on("error", reject);
      outgoing.on("response", (response) => response.resume().on("end", resolve));
      outgoing.end(PUSH_BODY);
    });
  return {
    async run(measured) {
      await measured(put);
    },
    finish: () => agent.destroy(),
  };
}
