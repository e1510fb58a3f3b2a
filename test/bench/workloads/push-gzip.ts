import { pushgateway } from "../../../packages/core/test/internals.js";
import type { TransportRequest } from "@prefreeze/core";
import { httpTransport } from "@prefreeze/node";
import type { Workload } from "../workload.js";
import { labelsOf } from "./series-labels.js";

/** Compresses the snapshot of that many series for a push, which is answered at once. */
export function createWorkload(seriesCount: number): Workload {
  const body = Array.from({ length: seriesCount }, (_, n) => {
    const { method, route, tenant } = labelsOf(n);
    return `requests_total{method="${method}",route="${route}",tenant="${tenant}"} ${n * 7}\n`;
  }).join("");
  let bytes = 0;
  const answer = async ({ body: sent }: TransportRequest) => {
    bytes = sent!.length;
    return { status: 200, body: "" };
  };
  const { gzip } = httpTransport;
  const transport = Object.assign(answer, gzip && { gzip });
  const target = pushgateway({ url: "http://127.0.0.1:9091", transport });
  return {
    run: (measured) =>
      measured(() => target.send("PUT", "/metrics/job/bench", body, new AbortController())),
    finish() {
      if (bytes === 0 || bytes > body.length / 3) throw new Error(`${bytes} bytes were sent`);
    },
  };
}
