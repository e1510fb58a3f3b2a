import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { parseText, sample } from "../../../test/pushgateway/parse.js";
import { type RealGateway, startRealGateway } from "../../../test/pushgateway/real.js";
import type { Instance, Platform } from "../src/adapter.js";
import { collectWarnings, type Core, freshCore, valueIn } from "./core.js";
import { type FakeClock, fakeClock } from "./fake-clock.js";
import { startInstance } from "./fake-platform.js";
import { startReceiver } from "./receiver.js";
import { type ScriptedGateway, scriptedGateway } from "./scripted-gateway.js";

let core: Core;
let instance: Instance;

beforeEach(async () => {
  core = await freshCore();
});

const orders = () => core.counter({ name: "orders_total", help: "Orders." });
/** Ends the life as a platform that leaves 250 ms for it. */
const end = () => core.endLife(instance.pusher!, Date.now() + 250);

/** Only the clocks are faked: the sockets are real. */
function advanceClocks(ms: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });
  const nowMs = performance.now.bind(performance);
  const advanced = vi.spyOn(performance, "now").mockImplementation(() => nowMs() + ms);
  onTestFinished(() => {
    vi.useRealTimers();
    advanced.mockRestore();
  });
}

describe("endLife() with the real Pushgateway", () => {
  let gateway: RealGateway;

  beforeAll(async () => {
    gateway = await startRealGateway();
  });
  afterAll(() => gateway?.stop());
  beforeEach(async () => {
    await gateway.wipe();
    instance = startInstance(core, { url: gateway.url, grouping: { zone: "a/b" } });
    orders().inc();
    await instance.pusher!.flusher.flush();
  });

  const shown = async (labels: Record<string, string> = {}) =>
    sample(parseText(await gateway.metrics()), "orders_total", labels);

  it("deletes its group, and no other, once it has been scraped", async () => {
    const others = [
      "instance/other/zone@base64/YS9i",
      `instance/${instance.pusher!.life.id}`,
      `instance/${instance.pusher!.life.id}/zone/a`,
    ];
    for (const path of others)
      await fetch(`${gateway.url}/metrics/job/checkout/${path}`, {
        method: "PUT",
        body: "# TYPE orders_total counter\norders_total 10\n",
      });
    expect(await shown()).toBe(31);
    advanceClocks(150_001);
    await end();
    await expect.poll(() => shown()).toBe(30);
    expect(await shown({ instance: instance.pusher!.life.id, zone: "a/b" })).toBeUndefined();
  });

  it("leaves its group for scrapes for 150 s", async () => {
    advanceClocks(149_000);
    await end();
    await expect(shown()).resolves.toBe(1);
  });

  it("pushes pending totals and deletes nothing", async () => {
    advanceClocks(200_000);
    orders().inc();
    await end();
    expect(await shown()).toBe(2);
  });

  it("pushes pending totals of an expired life as a new life, and deletes the old group", async () => {
    advanceClocks(700_000);
    orders().inc();
    const first = instance.pusher!.life.id;
    await end();
    expect(await shown({ instance: instance.pusher!.life.id })).toBe(1);
    await expect.poll(() => shown({ instance: first })).toBeUndefined();
  });
});

describe("endLife()", () => {
  let clock: FakeClock;
  let gateway: ScriptedGateway;

  async function pushFirst(differences: Partial<Platform> = {}): Promise<void> {
    gateway = scriptedGateway();
    const { transport } = gateway;
    const options = { url: "http://gateway", transport, gzipAboveBytes: Infinity };
    instance = startInstance(core, options, differences);
    orders().inc();
    await instance.pusher!.flusher.flush();
  }

  beforeEach(async () => {
    clock = fakeClock();
    collectWarnings();
    await pushFirst();
  });

  const methods = () => gateway.requests.map(({ method }) => method);

  /** Pushes once; the push and its retry end with `answer`. The gateway works again afterwards. */
  async function pushAnswered(answer: "reset" | "refused"): Promise<void> {
    orders().inc();
    gateway.next(answer);
    await instance.pusher!.flusher.flush();
    gateway.next(200);
  }

  it("does nothing if all totals are acknowledged but may not have been scraped", async () => {
    await end();
    expect(methods()).toEqual(["PUT"]);
  });

  it("deletes no sooner and still pushes again if the clock is set forward where nothing freezes", async () => {
    core = await freshCore();
    await pushFirst({ freezes: false });
    clock.set(900_000);
    await end();
    expect(methods()).toEqual(["PUT"]);
    await pushAnswered("reset");
    await instance.pusher!.flusher.flush();
    gateway.requests.length = 0;
    clock.set(900_000);
    await end();
    expect(methods()).toEqual(["PUT"]);
  });

  it.each([false, true])(
    "deletes its group after a freeze of 150 s, whether or not the clock that nobody sets stands still (%s)",
    async (standsStill) => {
      await pushAnswered("reset");
      await instance.pusher!.flusher.flush();
      gateway.requests.length = 0;
      clock.freeze(150_000, standsStill);
      await end();
      expect(methods()).toEqual(["DELETE"]);
    },
  );

  it("sends a DELETE without a body", async () => {
    await clock.pass(150_000);
    await end();
    expect(gateway.requests[1]).toMatchObject({
      method: "DELETE",
      path: gateway.requests[0]!.path,
      body: undefined,
    });
    expect(gateway.groups.size).toBe(0);
  });

  it("pushes again if a push ended in doubt less than a minute ago, since that push may be applied late", async () => {
    await pushAnswered("reset");
    await instance.pusher!.flusher.flush();
    expect(instance.pusher!.flusher.pending).toBe(false);
    gateway.requests.length = 0;
    await clock.pass(59_000);
    await end();
    expect(methods()).toEqual(["PUT"]);
    expect(valueIn(gateway.requests[0]!.body, "orders_total")).toBe(2);
  });

  it("does not push if that was over a minute ago, or if the push was refused", async () => {
    await pushAnswered("reset");
    await instance.pusher!.flusher.flush();
    await clock.pass(60_000);
    await pushAnswered("refused");
    await instance.pusher!.flusher.flush();
    gateway.requests.length = 0;
    await end();
    expect(methods()).toEqual([]);
  });

  it("pushes if a push is still in doubt, however long ago it ended", async () => {
    await pushAnswered("reset");
    await clock.pass(3_600_000);
    gateway.requests.length = 0;
    await end();
    expect(methods()).toEqual(["PUT"]);
    expect(gateway.sum("orders_total")).toBe(2);
  });

  it("pushes even if the breaker is open", async () => {
    orders().inc();
    gateway.next("refused");
    for (let i = 0; i < 3; i++) await instance.pusher!.flusher.flush();
    expect(instance.pusher!.flusher.breaker.state).toBe("open");
    gateway.next(200);
    await end();
    expect(gateway.sum("orders_total")).toBe(2);
  });

  it.each(["delete", "push"] as const)("gives up in time if its %s hangs", async (what) => {
    if (what === "push") orders().inc();
    await clock.pass(200_000);
    gateway.next("silent");
    const took = clock.time(end());
    await clock.pass(250);
    expect(took()).toBe(250);
    expect(methods().at(-1)).toBe(what === "push" ? "PUT" : "DELETE");
    expect(gateway.requests.at(-1)!.signal.aborted).toBe(true);
  });

  it.each([400, 500, "refused", "reset"] as const)(
    "does not reject if its DELETE ends with %s",
    async (answer) => {
      await clock.pass(200_000);
      gateway.next(answer);
      await expect(end()).resolves.toBeUndefined();
      expect(methods()).toEqual(["PUT", "DELETE"]);
    },
  );
});

describe("endLife() with a journal", () => {
  it("removes the journal once the group is deleted, not before", async () => {
    const clock = fakeClock();
    collectWarnings();
    const { transport, next } = scriptedGateway();
    const remove = vi.fn();
    const nothing = () => undefined;
    instance = startInstance(
      core,
      { url: "http://gateway", transport },
      {
        openJournal: () => ({
          restored: undefined,
          lifeWriter: core.createLifeWriter,
          abandoned: undefined,
          begin: () => 0,
          end: nothing,
          write: nothing,
          acknowledge: nothing,
          remove,
        }),
      },
    );
    orders().inc();
    await instance.pusher!.flusher.flush();
    await end();
    await clock.pass(200_000);
    next(500);
    await end();
    expect(remove).not.toHaveBeenCalled();
    next(202);
    await end();
    expect(remove).toHaveBeenCalledTimes(1);
  });
});

it("endLife() waits no longer than its deadline for a gateway that hangs", async () => {
  collectWarnings();
  const server = await startReceiver(() => undefined);
  instance = startInstance(core, { url: server.url, flushTimeoutMs: 30_000 });
  orders().inc();
  const startedMs = performance.now();
  await end();
  const tookMs = performance.now() - startedMs;
  expect(tookMs).toBeGreaterThan(240);
  // A busy machine may take longer.
  expect(tookMs).toBeLessThan(1_000);
});

describe("endLife() before the first push", () => {
  it("creates no group if nothing was recorded", async () => {
    const server = await startReceiver();
    instance = startInstance(core, { url: server.url });
    await end();
    expect(server.received).toEqual([]);
  });

  it("pushes if something was recorded", async () => {
    const server = await startReceiver();
    instance = startInstance(core, { url: server.url });
    orders().inc();
    await end();
    expect(server.received).toHaveLength(1);
  });
});
