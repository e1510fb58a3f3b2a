import { counter, gauge, histogram } from "@prefreeze/core";
import { instanceOn, type Platform, state, wrap } from "@prefreeze/core/adapter";
import type { Workload } from "../workload.js";
import { BACKLOG, CHARGE, MESSAGES, ORDERS, SIZE, TARGET_INFO } from "./snapshot.js";

/** The whole way, flusher and Pushgateway target included; the transport takes the body's bytes and nothing more. */
export function createWorkload(): Workload {
  const orders = counter(ORDERS);
  const messages = counter(MESSAGES);
  const backlog = gauge(BACKLOG);
  const charge = histogram(CHARGE);
  const size = histogram(SIZE);

  let invocations = 0;
  let snapshots = 0;
  const platform: Platform = {
    name: "bench",
    flushMode: ["flush before returning"],
    env: { PUSHGATEWAY_URL: "http://127.0.0.1:9091" },
    job: "bench",
    instancePrefix: "bench",
    targetInfo: TARGET_INFO,
    initDurationMs: 120,
    store: state.store,
    async transport({ body }) {
      if (typeof body === "string" && Buffer.byteLength(body) > 1_000) snapshots++;
      return { status: 200, body: "" };
    },
  };
  const handler = wrap(
    async (plan: string) => {
      orders.inc({ plan, country: "DE" });
      messages.inc({ channel: "mail" }, 2);
      backlog.set({ queue: "orders" }, invocations);
      charge.observe({ provider: "stripe" }, 0.034);
      size.observe({ plan }, 2_048);
    },
    () => instanceOn(platform, {}),
    () => ({ key: {}, id: "", trigger: "http", hold: (flush) => flush() }),
  );

  return {
    run(measured) {
      const plan = invocations++ % 2 === 0 ? "free" : "pro";
      return measured(() => handler(plan));
    },
    finish() {
      if (snapshots !== invocations)
        throw new Error(`${invocations} invocations, ${snapshots} snapshots`);
    },
  };
}
