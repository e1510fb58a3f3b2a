import type { Waiting } from "./waiting.js";

export interface Order {
  readonly plan: "free" | "pro";
  readonly card: string | undefined;
}

/** The bindings in wrangler.jsonc. The aggregator needs none. */
export interface Env {
  readonly ORDERS: Queue<Order>;
  readonly WAITING: DurableObjectNamespace<Waiting>;
}
