import { beforeEach, expect, it } from "vitest";
import type { Instance } from "../src/adapter.js";
import { collectWarnings, type Core, freshCore, valueIn } from "./core.js";
import { type FakeClock, fakeClock } from "./fake-clock.js";
import { startInstance } from "./fake-platform.js";
import { type ScriptedGateway, scriptedGateway } from "./scripted-gateway.js";

let core: Core;
let clock: FakeClock;
let gateway: ScriptedGateway;
let warnings: readonly string[];
let instance: Instance;

beforeEach(async () => {
  core = await freshCore();
  clock = fakeClock();
  warnings = collectWarnings();
  gateway = scriptedGateway();
  instance = startInstance(core, { url: "http://gateway:9091", transport: gateway.transport });
});

/** Counts the calls of a collector in a gauge. */
function countCalls(before: (call: number) => Promise<void> | undefined): void {
  const calls = core.initSeries(core.builtIn("gauge", "calls", "Calls."));
  let call = 0;
  core.onCollect(() => {
    const write = () => void (core.touchTotal(calls).value = call);
    const pending = before(++call);
    return pending ? pending.then(write) : write();
  });
}

async function flush(): Promise<void> {
  core.expectChange();
  const flushed = instance.pusher!.flusher.flush();
  await clock.pass(1_000);
  await flushed;
}

const pushedCalls = () => gateway.pushes.map(({ body }) => valueIn(body, "calls"));

it("each push carries what a collector has just written", async () => {
  countCalls(() => undefined);
  await flush();
  await flush();
  expect(pushedCalls()).toEqual([1, 2]);
});

it("a push waits for a collector that returns a promise", async () => {
  countCalls(() => new Promise((resolve) => void setTimeout(resolve, 100)));
  await flush();
  expect(pushedCalls()).toEqual([1]);
});

it("a collector that throws, rejects or never ends costs its own numbers alone, with a warning", async () => {
  core.onCollect(() => {
    throw new Error("broken");
  });
  core.onCollect(() => Promise.reject(new Error("no such process")));
  countCalls((call) => (call === 1 ? new Promise(() => undefined) : undefined));
  await flush();
  await flush();
  expect(pushedCalls()).toEqual([0, 2]);
  expect(warnings).toEqual([
    "prefreeze: recording failed: broken",
    "prefreeze: collecting metrics failed: no such process",
  ]);
});

it("a push that is given up while it collects is never sent", async () => {
  countCalls((call) => (call === 1 ? new Promise(() => undefined) : undefined));
  core.expectChange();
  const givenUp = instance.pusher!.flusher.flush();
  const final = instance.pusher!.flusher.flushFinally(Date.now() + 2_000);
  await clock.pass(2_000);
  await Promise.all([givenUp, final]);
  expect(pushedCalls()).toEqual([2]);
});
