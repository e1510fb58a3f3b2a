import { counter } from "@prefreeze/core";
import { instanceOn, type OpenJournal, wrap } from "@prefreeze/core/adapter";
import type { Workload } from "../workload.js";

/** Invocations of a handler with that many series, each of which changes one of them. Pushes are answered at once. */
export async function manySeries(series: number, openJournal?: OpenJournal): Promise<Workload> {
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
          env: { PUSHGATEWAY_URL: "http://127.0.0.1:9091" },
          job: "bench",
          instancePrefix: "bench",
          targetInfo: {},
          transport: async () => {
            pushes++;
            return { status: 200, body: "" };
          },
          ...(openJournal && { openJournal }),
        },
        { maxSeries: series, gzipAboveBytes: 10_000_000 },
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
