// Classes keep their exact type, so bindings of Cloudflare's types see what they saw before.
import {
  instrumentDurableObject,
  instrumentEntrypoint,
  instrumentWorkflow,
  queueBacklog,
} from "@prefreeze/cloudflare-workers";
import {
  DurableObject,
  RpcTarget,
  WorkerEntrypoint,
  WorkflowEntrypoint,
  type WorkflowEvent,
  type WorkflowStep,
} from "cloudflare:workers";
import { type Equal, holds } from "../../../../../test/types/equal.js";

interface Env {
  readonly PUSHGATEWAY_URL: string;
  readonly ROOMS: DurableObjectNamespace<Room>;
}
interface Props {
  readonly caller: string;
}

class Cart extends RpcTarget {
  add(plan: string): number {
    return plan.length;
  }
}

class Room extends DurableObject<Env> {
  static readonly capacity = 8;
  readonly #members: string[] = [];
  join(member: string): number {
    return this.#members.push(member);
  }
  get size(): number {
    return this.#members.length;
  }
  cart(): Cart {
    return new Cart();
  }
  override async alarm(info?: AlarmInvocationInfo): Promise<void> {
    await this.ctx.storage.setAlarm(info?.retryCount ?? Date.parse(this.env.PUSHGATEWAY_URL));
  }
}
const MeasuredRoom = instrumentDurableObject(Room, { job: "rooms" });
holds<Equal<typeof MeasuredRoom, typeof Room>>();
holds<Equal<typeof MeasuredRoom.capacity, 8>>();
holds<Equal<ConstructorParameters<typeof MeasuredRoom>, [ctx: DurableObjectState, env: Env]>>();

// A stub has the methods of the class, and no others.
declare const rooms: DurableObjectNamespace<InstanceType<typeof MeasuredRoom>>;
export async function callRoom(): Promise<number> {
  const stub = rooms.getByName("one");
  holds<Equal<typeof stub, DurableObjectStub<Room>>>();
  // @ts-expect-error -- a member has a name
  await stub.join(7);
  // @ts-expect-error -- a room has no such method
  await stub.leave("somebody");
  using cart = await stub.cart();
  return (await stub.join("somebody")) + (await stub.size) + (await cart.add("pro"));
}

class Orders extends WorkerEntrypoint<Env, Props> {
  override async fetch(request: Request): Promise<Response> {
    return new Response(`${request.url} ${this.ctx.props.caller} ${this.env.PUSHGATEWAY_URL}`);
  }
  accept(plan: "free" | "pro"): { readonly plan: string } {
    return { plan };
  }
}
const MeasuredOrders = instrumentEntrypoint(Orders, { measures: [queueBacklog] });
holds<Equal<typeof MeasuredOrders, typeof Orders>>();

// A service binding by the measured class is one by the class.
declare const service: Service<typeof MeasuredOrders>;
holds<Equal<typeof service, Service<typeof Orders>>>();
export async function callOrders(): Promise<string> {
  // @ts-expect-error -- there is no such plan
  await service.accept("gold");
  return (await service.accept("pro")).plan;
}

// A Worker's default export may be a measured class.
export default MeasuredOrders satisfies typeof Orders;

class Billing extends WorkflowEntrypoint<Env, { readonly plan: string }> {
  override async run(
    event: Readonly<WorkflowEvent<{ readonly plan: string }>>,
    step: WorkflowStep,
  ): Promise<number> {
    return step.do("charge", async () => event.payload.plan.length);
  }
}
const MeasuredBilling = instrumentWorkflow(Billing);
holds<Equal<typeof MeasuredBilling, typeof Billing>>();

// Generic and abstract classes stay so.
abstract class Store<State> extends DurableObject<Env> {
  abstract initial(): State;
  read(): State {
    return this.initial();
  }
}
const MeasuredStore = instrumentDurableObject(Store);
holds<Equal<typeof MeasuredStore, typeof Store>>();
export class Counter extends MeasuredStore<{ readonly count: number }> {
  initial(): { readonly count: number } {
    return { count: this.env.PUSHGATEWAY_URL.length };
  }
}
holds<Equal<ReturnType<Counter["read"]>, { readonly count: number }>>();
declare const state: DurableObjectState;
declare const env: Env;
// @ts-expect-error -- an abstract class has no objects
void (() => new MeasuredStore(state, env));

// A class expression is measured where it is exported.
export const Inline = instrumentDurableObject(
  class extends DurableObject<Env> {
    hello(): string {
      return this.env.PUSHGATEWAY_URL;
    }
  },
);
holds<Equal<ReturnType<InstanceType<typeof Inline>["hello"]>, string>>();

// As objects were written before the runtime had a class for them.
class Plain {
  readonly #state: DurableObjectState;
  constructor(state: DurableObjectState, _env: Env) {
    this.#state = state;
  }
  fetch(request: Request): Response {
    return new Response(`${request.url} ${String(this.#state.id)}`);
  }
}
const MeasuredPlain = instrumentDurableObject(Plain);
holds<Equal<typeof MeasuredPlain, typeof Plain>>();

// @ts-expect-error -- it is an entrypoint
instrumentDurableObject(Orders);
// @ts-expect-error -- it is a Workflow
instrumentDurableObject(Billing);
// @ts-expect-error -- it is a Durable Object
instrumentEntrypoint(Room);
// @ts-expect-error -- it extends no class of the runtime
instrumentEntrypoint(Plain);
// @ts-expect-error -- it is an entrypoint
instrumentWorkflow(Orders);
// @ts-expect-error -- it is no class
instrumentDurableObject({ fetch: () => new Response() });
declare const order: Orders;
// @ts-expect-error -- it is an object of the class
instrumentEntrypoint(order);
// @ts-expect-error -- it needs a class
instrumentWorkflow();
// @ts-expect-error -- there is no such option
instrumentEntrypoint(Orders, { flushTimeout: 1_000 });
