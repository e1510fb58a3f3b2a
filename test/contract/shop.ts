// The function under contract, without its platform: it does what an order says. Each platform's
// fixture turns calls into orders and wraps it in the ways that `WrappedAs` names.
import { counter, currentInvocation, explain, gauge, histogram } from "@prefreeze/core";

/** What one call asks the function to do. */
export interface Order {
  /** Records an order with this plan. */
  readonly plan?: string;
  /** Throws `OutOfStock` with this message. */
  readonly throws?: string;
  /** The HTTP status of the answer. Default: 200. */
  readonly status?: number;
  readonly waitsMs?: number;
  /** Records an order with this plan when the invocation has ended. */
  readonly later?: string;
  readonly tells?: "invocation" | "explanation";
}

/** What the function answers, in its platform's form. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** How a fixture wraps the function: the variable `WRAPPED_AS` chooses one. */
export type WrappedAs =
  | "itself"
  /** With `optionsOfTheTest`. */
  | "with options"
  /** A method that reads a private field of its object, `Till`. */
  | "a method"
  /** Wrapped three times; frozen if it is an object. */
  | "three times"
  /** A wrapped function that calls a wrapped function with its own arguments. */
  | "nested"
  /** Not wrapped; it calls the wrapped function and answers with what it caught. */
  | "called by its own code"
  /** With a property of its own; it answers with what is the same before and after wrapping. */
  | "with properties";

const orders = counter({
  name: "orders_total",
  help: "Orders accepted.",
  labelNames: ["plan"],
});
const backlog = gauge({
  name: "backlog_messages",
  help: "Messages waiting when last looked at.",
});
const charge = histogram({
  name: "charge_duration_seconds",
  help: "Time to charge a card.",
});

class OutOfStock extends Error {
  override readonly name = "OutOfStock";
  readonly code = 402;
}

let thrown: Error | undefined;

/** Does what the order says. */
export async function serve(order: Order): Promise<Answer> {
  const { plan, throws, status = 200, waitsMs, later, tells } = order;
  if (plan !== undefined) orders.inc({ plan });
  await charge.time(() => pause(waitsMs ?? 0));
  backlog.set(3);
  if (throws !== undefined) throw (thrown = new OutOfStock(throws));
  if (later !== undefined) setTimeout(() => orders.inc({ plan: later }), 1);
  return { status, body: tells === undefined ? "ok" : answers[tells]() };
}

const answers = {
  invocation() {
    const { trigger, coldStart, registry } = currentInvocation() ?? {};
    const recorded = registry?.series.filter(({ name }) => name === "orders_total");
    const plans = recorded?.map(({ labels, value }) => [labels["plan"], value]);
    return { trigger, coldStart, orders: plans };
  },
  explanation: () => JSON.parse(explain()) as unknown,
};

/** An object whose method works only on the object itself. */
export class Till {
  readonly #plan = "private";

  privately(order: Order): Promise<Answer> {
    return serve({ ...order, plan: this.#plan });
  }
}

/** Calls the wrapped function and answers with what its caller catches. */
export async function caught(call: () => unknown): Promise<Answer> {
  try {
    await call();
    return { status: 200, body: "nothing was thrown" };
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    return { status: 200, body: { same: error === thrown, code } };
  }
}

type AnyFunction = (...args: never[]) => unknown;

/** What a runtime, or another wrapper, reads of a function. */
export function read(handler: AnyFunction): object {
  const { name, length } = handler;
  return { name, length, timeout: Reflect.get(handler, "timeout") as unknown };
}

/** Gives a function a property of its own, for `read`. */
export function withTimeout<H extends AnyFunction>(handler: H): H {
  return Object.assign(handler, { timeout: 10 });
}

/** Options that differ from the variables of the test; with `SPOILED=options` they cannot be read. */
export function optionsOfTheTest() {
  if (process.env["SPOILED"] === "options")
    return {
      get url(): string {
        throw new Error("no reading");
      },
    };
  return {
    url: process.env["GATEWAY_OF_THE_TEST"],
    job: "by-option",
    grouping: { stage: "by-option" },
  };
}

/** Wraps the function as the variable `WRAPPED_AS` says: nothing else is wrapped in the process. */
export function wrapped<H>(wrappers: Readonly<Record<WrappedAs, () => H>>): H {
  return wrappers[(process.env["WRAPPED_AS"] ?? "itself") as WrappedAs]();
}

function pause(ms: number): Promise<void> {
  return ms === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms));
}
