import { counter, type Transport, type TransportRequest } from "@prefreeze/core";
import { instanceOn, type OpenJournal, wrap } from "@prefreeze/core/adapter";
import type { Workload } from "../workload.js";

/** Where snapshots go, compressed if they are large. */
export interface Pushed {
  readonly url: string;
  readonly transport: Transport;
}

interface ManySeries {
  readonly openJournal?: OpenJournal;
  /** Default: pushes are answered at once, and not compressed. */
  readonly pushed?: Pushed | undefined;
}

/** Invocations of a handler with that many series, each of which changes one of them. */
export async function manySeries(
  series: number,
  { openJournal, pushed }: ManySeries = {},
): Promise<Workload> {
  const url = pushed?.url ?? "http://127.0.0.1:9091";
  const answerAtOnce: Transport = async () => ({ status: 200, body: "" });
  const transport = pushed?.transport ?? answerAtOnce;
  const orders = counter({ name: "orders_total", help: "Orders.", labelNames: ["customer"] });
  let pushes = 0;
  const handler = wrap(
    async (from: number, to: number) => {
      for (let i = from; i < to; i++) orders.inc({ customer: `customer-${i % series}` });
    },
    () =>
      instanceOn(
        {
          name: "bench",
          flushMode: ["flush before returning"],
          env: { PUSHGATEWAY_URL: url },
          job: "bench",
          instancePrefix: "bench",
          targetInfo: {},
          transport: Object.assign((request: TransportRequest) => {
            pushes++;
            return transport(request);
          }, transport),
          ...(openJournal && { openJournal }),
        },
        { maxSeries: series, ...(!pushed && { gzipAboveBytes: 10_000_000 }) },
      ),
    () => ({ key: {}, id: "", trigger: "http", keepAlive: (flush) => flush() }),
  );
  await handler(0, series);
  let invocations = 1;
  return {
    run: (measured) => measured(() => handler(invocations, ++invocations)),
    finish() {
      if (pushes !== invocations) throw new Error(`${invocations} invocations, ${pushes} pushes`);
    },
  };
}
