import { counter, gauge, histogram } from "@prefreeze/core";
import { encode, instanceOn, type Platform, state, wrap } from "@prefreeze/core/adapter";
import type { Workload } from "../workload.js";
import { BACKLOG, CHARGE, MESSAGES, ORDERS, SIZE, TARGET_INFO } from "./snapshot.js";

/** Begin, five recordings, settle, fold, and the whole snapshot as bytes; nothing is pushed. */
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
    env: {},
    job: "bench",
    instancePrefix: "bench",
    targetInfo: TARGET_INFO,
    initDurationMs: 120,
    store: state.store,
    transport: () => Promise.reject(new Error("nothing is pushed")),
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

  async function invocation(plan: string): Promise<void> {
    await handler(plan);
    if (Buffer.byteLength(encode(state.metrics.values())) > 1_000) snapshots++;
  }

  return {
    run(measured) {
      const plan = invocations++ % 2 === 0 ? "free" : "pro";
      return measured(() => invocation(plan));
    },
    finish() {
      if (snapshots !== invocations)
        throw new Error(`${invocations} invocations, ${snapshots} snapshots`);
    },
  };
}
