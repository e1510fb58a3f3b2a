import { counter, gauge, histogram } from "@prefreeze/core";
import { instanceOn, type Platform, wrap } from "@prefreeze/core/adapter";
import { BACKLOG, CHARGE, MESSAGES, ORDERS, SIZE, TARGET_INFO } from "./snapshot.js";

/** A wrapped handler with five recordings, on the benchmark's own platform. Without a URL, nothing is pushed. */
export function prefreezeHandler(
  transport: Platform["transport"],
  url?: string,
): (plan: string, invocation: number) => Promise<void> {
  const orders = counter(ORDERS);
  const messages = counter(MESSAGES);
  const backlog = gauge(BACKLOG);
  const charge = histogram(CHARGE);
  const size = histogram(SIZE);
  const platform: Platform = {
    name: "bench",
    flushMode: ["flush before returning"],
    env: url === undefined ? {} : { PUSHGATEWAY_URL: url },
    job: "bench",
    instancePrefix: "bench",
    targetInfo: TARGET_INFO,
    initDurationMs: 120,
    transport,
  };
  return wrap(
    async (plan: string, invocation: number) => {
      orders.inc({ plan, country: "DE" });
      messages.inc({ channel: "mail" }, 2);
      backlog.set({ queue: "orders" }, invocation);
      charge.observe({ provider: "stripe" }, 0.034);
      size.observe({ plan }, 2_048);
    },
    () => instanceOn(platform, {}),
    () => ({ key: {}, id: "", trigger: "http", keepAlive: (flush) => flush() }),
  );
}
