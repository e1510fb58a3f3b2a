// A Worker that calls the others as only a Worker, or the runtime itself, can.
import { MESSAGES, type WorkerOrder } from "./order.js";

/** A call, and the Worker that is called. */
export interface Call {
  readonly of: string;
  readonly order: WorkerOrder;
}

interface Service {
  fetch(url: string, init: { method: string; body: string }): Promise<Response>;
  scheduled(event: { readonly cron: string }): Promise<unknown>;
  queue(name: string, messages: readonly object[]): Promise<unknown>;
  email(message: object): Promise<unknown>;
}

interface Orders {
  order(order: WorkerOrder): Promise<unknown>;
}

interface Basket extends Orders {
  fetch(url: string, init: { method: string; body: string }): Promise<Response>;
  later(order: WorkerOrder): Promise<unknown>;
}

interface Baskets {
  idFromName(name: string): unknown;
  get(id: unknown): Basket;
}

interface Flow {
  create(options: { readonly id: string; readonly params: unknown }): Promise<{
    status(): Promise<{
      readonly status: string;
      readonly output?: unknown;
      readonly error?: unknown;
    }>;
  }>;
}

const POLL_MS = 25;
const BASKETS = 5;

export default {
  async fetch(request: Request, env: Readonly<Record<string, unknown>>): Promise<Response> {
    const { of, order } = (await request.json()) as Call;
    try {
      return Response.json({ answered: await call(of, order, env) });
    } catch (error) {
      return Response.json({ failed: String(error) });
    }
  },
};

async function call(
  of: string,
  order: WorkerOrder,
  env: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const body = JSON.stringify(order);
  const service = env[of] as Service;
  const baskets = env[`${of}_BASKET`] as Baskets;
  const basket = (name: string) => baskets.get(baskets.idFromName(name));
  switch (order.way) {
    case "scheduled":
      return await service.scheduled({ cron: body });
    case "queue":
      return await service.queue(
        "orders",
        Array.from({ length: MESSAGES }, (_, number) => ({
          id: `${order.id}-${number}`,
          timestamp: new Date(0),
          attempts: 1,
          body: order,
        })),
      );
    case "email":
      return await service.email({ headers: new Headers({ "x-order": body }) });
    case "rpc":
      return await (env[`${of}_ORDERS`] as Orders).order(order);
    case "object-fetch": {
      const response = await basket(`${order.id % BASKETS}`).fetch("http://basket/", {
        method: "POST",
        body,
      });
      return [response.status, await response.text()];
    }
    case "object-rpc":
      return await basket(`${order.id % BASKETS}`).order(order);
    case "alarm":
      // An object has one alarm.
      return await basket(`alarm ${order.id}`).later(order);
    case "workflow":
      return await outcomeOf(env[`${of}_FLOW`] as Flow, order);
    // The run itself makes all other requests.
    case "fetch":
    default:
      return await disconnected(await service.fetch("http://shop/", { method: "POST", body }));
  }
}

/** Goes away after the first chunk. */
async function disconnected(response: Response): Promise<unknown> {
  const reader = response.body!.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  // Chunks may arrive together.
  const [line] = new TextDecoder().decode(value as Uint8Array).split("\n");
  return [response.status, [...response.headers], line];
}

async function outcomeOf(flow: Flow, order: WorkerOrder): Promise<unknown> {
  const instance = await flow.create({ id: `order-${order.id}`, params: order });
  for (;;) {
    const { status, output, error } = await instance.status();
    if (status === "complete" || status === "errored") return { status, output, error };
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
