// The classes of the Worker without metrics of its own.
import {
  note,
  type OrderAnswer,
  type OrderEnv,
  type OrderMetrics,
  takeOrder,
  type WorkerOrder,
} from "./order.js";
import { DurableObject, WorkerEntrypoint, WorkflowEntrypoint } from "./runtime.js";

interface ObjectState {
  readonly storage: {
    get(key: string): Promise<unknown>;
    put(key: string, value: unknown): Promise<void>;
    setAlarm(atMs: number): Promise<void>;
  };
}

interface Step {
  do(name: string, work: () => Promise<unknown>): Promise<unknown>;
}

export function classesWith(metrics: OrderMetrics) {
  class Orders extends WorkerEntrypoint<unknown, OrderEnv> {
    async order(order: WorkerOrder): Promise<OrderAnswer> {
      return await takeOrder(order, { env: this.env, metrics, trigger: "other" });
    }
  }

  class Basket extends DurableObject<ObjectState, OrderEnv> {
    readonly #orders: number[] = [];

    async fetch(request: Request): Promise<Response> {
      const order = (await request.json()) as WorkerOrder;
      return Response.json(await takeOrder(order, { env: this.env, metrics, trigger: "http" }));
    }

    async order(order: WorkerOrder): Promise<OrderAnswer> {
      this.#orders.push(order.id);
      return await takeOrder(order, { env: this.env, metrics, trigger: "other" });
    }

    /** Takes the order in an alarm. */
    async later(order: WorkerOrder): Promise<number> {
      await note(this.env, { at: "begin", id: order.id, trigger: "other", records: false });
      await this.ctx.storage.put("order", order);
      await this.ctx.storage.setAlarm(Date.now());
      return order.id;
    }

    async alarm(info?: { readonly isRetry: boolean }): Promise<void> {
      const order = (await this.ctx.storage.get("order")) as WorkerOrder;
      const isRetry = info?.isRetry === true;
      await takeOrder(order, { env: this.env, metrics, trigger: "timer", isRetry });
    }
  }

  class Fulfilment extends WorkflowEntrypoint<unknown, OrderEnv> {
    async run(event: { readonly payload: WorkerOrder }, step: Step): Promise<unknown> {
      const call = { env: this.env, metrics, trigger: "other" } as const;
      const answer = await takeOrder(event.payload, call);
      await step.do("ship", async () => "shipped");
      return answer;
    }
  }

  return { Orders, Basket, Fulfilment };
}
