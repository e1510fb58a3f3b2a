import { beforeEach, describe, expect, it } from "vitest";
import type { Journal } from "../src/adapter.js";
import { collectWarnings, type Core, freshCore, valueIn } from "./core.js";
import { descriptor, startInstance } from "./fake-platform.js";
import { type Receiver, startReceiver } from "./receiver.js";

let core: Core;
let receiver: Receiver;
let status: number;

beforeEach(async () => {
  core = await freshCore();
  collectWarnings();
  status = 200;
  receiver = await startReceiver((response) => response.writeHead(status).end());
});

/** An environment that answers first, pushes then, and freezes. */
function start({ freezes = true, waits = false } = {}) {
  const written: { sequence: number; inDoubt: boolean; pushing: boolean; text: string }[] = [];
  const openJournal = (): Journal => ({
    restored: undefined,
    totals: core.changingTotals,
    abandoned: undefined,
    begin: () => 0,
    end: () => undefined,
    write({ sequence, inDoubt }, { changed, all }, pushing) {
      changed();
      written.push({ sequence, inDoubt, pushing, text: all() });
    },
    acknowledge: () => undefined,
    remove: () => undefined,
  });
  const instance = startInstance(core, { url: receiver.url }, { openJournal, freezes });
  const orders = core.counter({ name: "orders_total", help: "Orders." });
  const own = () => written.filter(({ text }) => text.includes("orders_total"));
  let push: () => Promise<void>;
  return {
    orders,
    /** What was written since the first order, without its text. */
    written: () => own().map(({ text: _, ...state }) => state),
    ordersWritten: () => valueIn(own().at(-1)!.text, "orders_total"),
    async answer() {
      const observed = core.beginObservation(instance, () =>
        descriptor({
          keepAlive(flush) {
            if (waits) return flush();
            push = flush;
            return undefined;
          },
        }),
      )!;
      orders.inc();
      await observed.returned(undefined);
    },
    push: () => push(),
  };
}

describe("a push that follows the response", () => {
  it("is written to the journal once, with the totals, before the response", async () => {
    const { answer, push, written } = start();
    await answer();
    const announced = [{ sequence: 1, inDoubt: true, pushing: true }];
    expect(written()).toEqual(announced);
    await push();
    expect(written()).toEqual(announced);
    await answer();
    await push();
    expect(written()).toEqual([...announced, { sequence: 2, inDoubt: true, pushing: true }]);
    const sequences = receiver.received.map(({ body }) =>
      valueIn(String(body), "prefreeze_snapshot_sequence"),
    );
    expect(sequences).toEqual([1, 2]);
  });

  it("is written again if something was recorded meanwhile", async () => {
    const { answer, push, orders, written, ordersWritten } = start();
    await answer();
    orders.inc();
    await push();
    const state = { sequence: 1, inDoubt: true, pushing: true };
    expect(written()).toEqual([state, state]);
    expect(ordersWritten()).toBe(2);
  });

  it("is written again if a recording was dropped meanwhile, which the push counts", async () => {
    const { answer, push, orders, written } = start();
    await answer();
    orders.inc(-1);
    await push();
    expect(written()).toHaveLength(2);
  });

  it("is in doubt no longer if the gateway has refused it", async () => {
    const { answer, push, written } = start();
    status = 400;
    await answer();
    await push();
    expect(written()).toEqual([
      { sequence: 1, inDoubt: true, pushing: true },
      { sequence: 1, inDoubt: false, pushing: false },
    ]);
  });

  it("is not written as long as the breaker is open: only the totals are", async () => {
    const { answer, push, written } = start();
    status = 400;
    for (let i = 0; i < 3; i++) {
      await answer();
      await push();
    }
    const before = written().length;
    await answer();
    await push();
    expect(written().slice(before)).toEqual([{ sequence: 3, inDoubt: false, pushing: false }]);
  });
});

it.each([
  ["that waits for its push", { waits: true }, [{ sequence: 1, inDoubt: true, pushing: true }]],
  [
    "that does not freeze, and may push much later",
    { freezes: false },
    [{ sequence: 0, inDoubt: false, pushing: false }],
  ],
])("an environment %s writes its totals once before the response", async (_, how, states) => {
  const { answer, written } = start(how);
  await answer();
  expect(written()).toEqual(states);
});
