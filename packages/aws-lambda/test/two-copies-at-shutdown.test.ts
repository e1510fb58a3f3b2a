import { counter } from "@prefreeze/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { collectWarnings, forgetAll } from "../../core/test/core.js";
import * as adapters from "@prefreeze/core/adapter";
import * as users from "@prefreeze/core";
import { startInstance } from "../../core/test/fake-platform.js";
import * as internals from "../../core/test/internals.js";
import { type Receiver, startReceiver } from "../../core/test/receiver.js";
import { endAtShutdown } from "../src/shutdown/shutdown.js";
import { currentThreadEnd, provideThreadEnd } from "../src/shutdown/thread-end.js";

const core = { ...internals, ...users, ...adapters };
const key = Symbol.for("prefreeze/1/thread-end");
let receiver: Receiver;

/** An instance with something to push, to a gateway that answers with this status. */
async function instanceAt(status: number): Promise<void> {
  receiver = await startReceiver((response) => response.writeHead(status).end());
  startInstance(core, { url: receiver.url });
  counter({ name: "orders_total", help: "Orders." }).inc();
}

beforeEach(() => {
  collectWarnings();
  forgetAll(core);
});
afterEach(() => {
  Reflect.deleteProperty(process, key);
});

/** The bodies of the final pushes that this copy makes. */
const pushes = () => receiver.received.map(({ body }) => String(body));

test("a copy of another version, which has its own instance, and this one both make their final push", async () => {
  await instanceAt(200);
  let others = 0;
  provideThreadEnd(() => Promise.resolve(void others++));
  endAtShutdown();
  await currentThreadEnd()!();
  expect(others).toBe(1);
  expect(pushes()).toEqual([expect.stringContaining("orders_total 1")]);
});

test("two copies of one version, which share an instance, make one final push, even if it is refused", async () => {
  await instanceAt(413);
  endAtShutdown();
  endAtShutdown();
  await currentThreadEnd()!();
  expect(pushes()).toEqual([expect.stringContaining("orders_total 1")]);
});
