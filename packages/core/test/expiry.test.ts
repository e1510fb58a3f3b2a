import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Instance } from "../src/adapter.js";
import { collectWarnings, type Core, freshCore, textOf, valueIn } from "./core.js";
import { type FakeClock, fakeClock } from "./fake-clock.js";
import { startInstance } from "./fake-platform.js";
import { type Answer, type ScriptedGateway, scriptedGateway } from "./scripted-gateway.js";

let core: Core;
let clock: FakeClock;
let gateway: ScriptedGateway;
let instance: Instance;

const MAX_SILENCE_MS = 600_000;

beforeEach(async () => {
  core = await freshCore();
  clock = fakeClock();
  collectWarnings();
  gateway = scriptedGateway();
  instance = start();
});

function start(
  options: Parameters<typeof startInstance>[1] = {},
  differences: Parameters<typeof startInstance>[2] = {},
): Instance {
  const { transport } = gateway;
  return startInstance(
    core,
    { url: "http://gateway:9091", transport, gzipAboveBytes: Infinity, ...options },
    { initDurationMs: 250, ...differences },
  );
}

const id = () => instance.pusher!.life.id;
const orders = () => core.counter({ name: "orders_total", help: "Orders.", labelNames: ["plan"] });
const pro = 'orders_total{plan="pro"}';

/** Flushes, and lets as much time pass as that needs. */
async function flush(): Promise<void> {
  const flushed = instance.pusher!.flusher.flush();
  await clock.pass(1_000);
  await flushed;
}

/** Records one order and flushes; the push, and its retry, end with `answer`. */
async function orderAndFlush(answer: Answer): Promise<void> {
  orders().inc({ plan: "pro" });
  gateway.next(answer);
  await flush();
  gateway.next(200);
}

describe("a life", () => {
  it("continues as long as it pushes every ten minutes", async () => {
    const first = id();
    for (let i = 0; i < 5; i++) {
      await orderAndFlush(200);
      await clock.pass(MAX_SILENCE_MS - 1_000);
    }
    expect(id()).toBe(first);
    expect(gateway.sum(pro)).toBe(5);
  });

  it("that was silent for ten minutes is replaced by one with another id, which starts with what was not acknowledged", async () => {
    const first = id();
    const sizes = core.histogram({
      name: "size_bytes",
      help: "Sizes.",
      labelNames: ["kind"],
      buckets: [1, 10],
    });
    const backlog = core.gauge({ name: "backlog_messages", help: "Backlog.", aggregate: "sum" });
    const odd = { plan: 'a "quoted"\nplan\\n' };
    orders().inc({ plan: "pro" }, 3);
    orders().inc(odd, 2);
    for (const size of [1, 5, 50]) sizes.observe({ kind: "small" }, size);
    backlog.set(7);
    await flush();

    await clock.pass(MAX_SILENCE_MS);
    orders().inc(odd, 4);
    orders().inc({ plan: "free" }, 5);
    for (const size of [2, 60, 70]) sizes.observe({ kind: "small" }, size);
    sizes.observe({ kind: "large" }, 100);
    core.counter({ name: "another_total", help: "Another." }).inc(6);
    await flush();

    expect(id()).not.toBe(first);
    expect(gateway.instances()).toEqual([first, id()]);
    const body = gateway.pushes.at(-1)!.body;
    const escaped = 'orders_total{plan="a \\"quoted\\"\\nplan\\\\n"}';
    for (const [series, value] of [
      [pro, 0],
      [escaped, 4],
      ['orders_total{plan="free"}', 5],
      ["another_total", 6],
      ['size_bytes_bucket{kind="small",le="1"}', 0],
      ['size_bytes_bucket{kind="small",le="10"}', 1],
      ['size_bytes_bucket{kind="small",le="+Inf"}', 3],
      ['size_bytes_sum{kind="small"}', 132],
      ['size_bytes_count{kind="small"}', 3],
      ['size_bytes_bucket{kind="large",le="10"}', 0],
      ['size_bytes_count{kind="large"}', 1],
      ["faas_init_duration_seconds_count", 0],
      ["faas_init_duration_seconds_sum", 0],
      // The new life has its own sequence.
      ["prefreeze_snapshot_sequence", 1],
      // Gauges keep their values.
      ["backlog_messages", 7],
      ['target_info{faas_name="checkout"}', 1],
    ] as const)
      expect([series, valueIn(body, series)]).toEqual([series, value]);
    expect(gateway.sum(pro)).toBe(3);
    expect(gateway.sum(escaped)).toBe(6);
    expect(gateway.sum('size_bytes_count{kind="small"}')).toBe(6);
    expect(gateway.sum("faas_init_duration_seconds_count")).toBe(1);
  });

  it("that replaced another continues under its new id with everything recorded since", async () => {
    await orderAndFlush(200);
    await clock.pass(MAX_SILENCE_MS);
    await orderAndFlush(200);
    const second = id();
    await orderAndFlush(200);
    await orderAndFlush(200);
    expect(id()).toBe(second);
    expect(valueIn(gateway.pushes.at(-1)!.body, pro)).toBe(3);
    expect(gateway.sum(pro)).toBe(4);
    await clock.pass(MAX_SILENCE_MS);
    await orderAndFlush(200);
    expect(gateway.instances()).toHaveLength(3);
    expect(gateway.sum(pro)).toBe(5);
  });

  it("counts its drops and pushes once, even if it expires in between", async () => {
    const small = core.counter({ name: "small_total", help: "Small.", labelNames: ["a"] });
    core.catalog.maxSeries = 1;
    for (const a of ["1", "2", "3"]) small.inc({ a });
    small.inc({ a: "1" }, -1);
    await flush();
    await clock.pass(MAX_SILENCE_MS);
    small.inc({ a: "4" });
    small.inc({ a: "1" }, NaN);
    await flush();
    expect(gateway.instances()).toHaveLength(2);
    expect(gateway.sum("prefreeze_dropped_series_total")).toBe(3);
    expect(gateway.sum("prefreeze_dropped_recordings_total")).toBe(2);
    expect(gateway.sum('prefreeze_flushes_total{result="success"}')).toBe(1);
    expect(gateway.sum("prefreeze_flush_duration_seconds_count")).toBe(1);
  });

  it.each(["refused", 400, 404, 429] as const)(
    "that expires after pushes ended with %s hands exactly what was not acknowledged to the next",
    async (answer) => {
      const first = id();
      await orderAndFlush(200);
      await orderAndFlush(200);
      await orderAndFlush(answer);
      await clock.pass(MAX_SILENCE_MS / 2);
      await orderAndFlush(answer);
      await clock.pass(MAX_SILENCE_MS / 2);
      await orderAndFlush(200);
      expect(id()).not.toBe(first);
      expect(valueIn(gateway.pushes.at(-1)!.body, pro)).toBe(3);
      expect(gateway.sum(pro)).toBe(5);
    },
  );

  it("whose first push fails keeps its id and what it started with", async () => {
    await orderAndFlush(200);
    await clock.pass(MAX_SILENCE_MS);
    await orderAndFlush(400);
    const second = id();
    await orderAndFlush(400);
    await clock.pass(2 * MAX_SILENCE_MS);
    await orderAndFlush(200);
    expect(id()).toBe(second);
    expect(valueIn(gateway.pushes.at(-1)!.body, pro)).toBe(3);
    expect(gateway.sum(pro)).toBe(4);
  });

  it.each(["reset", "reset, applied", "silent", 500, 503] as const)(
    "with a push that ended with %s keeps its id until a push is acknowledged",
    async (answer) => {
      const first = id();
      await orderAndFlush(200);
      await orderAndFlush(answer);
      // A later refusal does not resolve the push in doubt.
      await orderAndFlush("refused");
      await clock.pass(2 * MAX_SILENCE_MS);
      await orderAndFlush("refused");
      await clock.pass(2 * MAX_SILENCE_MS);
      await orderAndFlush(200);
      expect(id()).toBe(first);
      expect(gateway.sum(pro)).toBe(5);
      await clock.pass(MAX_SILENCE_MS);
      await orderAndFlush(200);
      expect(id()).not.toBe(first);
      expect(gateway.sum(pro)).toBe(6);
    },
  );

  it("with nothing acknowledged keeps its id, since its gateway may come back", async () => {
    const first = id();
    for (let i = 0; i < 4; i++) {
      await orderAndFlush("refused");
      await clock.pass(MAX_SILENCE_MS);
    }
    await orderAndFlush(200);
    expect(id()).toBe(first);
    expect(gateway.sum(pro)).toBe(5);
  });

  it("keeps its id through a freeze with a push in flight", async () => {
    const first = id();
    await orderAndFlush(200);
    orders().inc({ plan: "pro" });
    gateway.next("held");
    const frozen = instance.pusher!.flusher.flush();
    await clock.pass(10);
    clock.freeze(MAX_SILENCE_MS);
    await orderAndFlush(200);
    // The gateway had applied the push, but the answer was lost.
    gateway.requests[1]!.answer("reset, applied");
    await frozen;
    expect(id()).toBe(first);
    expect(gateway.instances()).toEqual([first]);
  });

  it("is in doubt if the newer of two pushes is, even if the older was refused", async () => {
    const first = id();
    await orderAndFlush(200);
    gateway.next("held");
    orders().inc({ plan: "pro" });
    const older = instance.pusher!.flusher.flush();
    await clock.pass(10);
    const newer = instance.pusher!.flusher.flushFinally(Infinity);
    await clock.pass(100);
    // A transport may ignore its abort signal.
    gateway.requests[1]!.answer(400);
    await clock.pass(2_000);
    gateway.requests[2]!.answer("reset, applied");
    await Promise.all([older, newer]);
    await clock.pass(MAX_SILENCE_MS);
    await orderAndFlush(200);
    expect(id()).toBe(first);
    expect(gateway.sum(pro)).toBe(3);
  });

  it.each(["refused", 400] as const)(
    "is not in doubt if a push that was given up turns out to be answered with %s",
    async (answer) => {
      const first = id();
      await orderAndFlush(200);
      await orderAndFlush("held");
      const [, ...held] = gateway.requests;
      await orderAndFlush("refused");
      for (const request of held) request.answer(answer);
      await clock.pass(MAX_SILENCE_MS);
      await orderAndFlush(200);
      expect(id()).not.toBe(first);
      expect(gateway.sum(pro)).toBe(4);
    },
  );

  it("is not in doubt if its headers could not be fetched, so that nothing was sent", async () => {
    core = await freshCore();
    const broken = () => Promise.reject(new Error("no secret"));
    const headers = vi.fn<() => Promise<Record<string, string>>>().mockResolvedValueOnce({});
    instance = start({ headers: headers.mockImplementation(broken) });
    const first = id();
    await orderAndFlush(200);
    // The secret is fetched again.
    await orderAndFlush(401);
    await orderAndFlush(200);
    headers.mockResolvedValue({});
    await clock.pass(7_200_000);
    await orderAndFlush(200);
    expect(id()).not.toBe(first);
    expect(valueIn(gateway.pushes.at(-1)!.body, pro)).toBe(3);
    expect(gateway.sum(pro)).toBe(4);
  });

  it("is not in doubt if that turns out after a freeze of two hours", async () => {
    const first = id();
    await orderAndFlush(200);
    gateway.next("unreachable");
    orders().inc({ plan: "pro" });
    const frozen = instance.pusher!.flusher.flush();
    await clock.pass(10);
    clock.freeze(7_200_000);
    await orderAndFlush(200);
    await frozen;
    expect(id()).not.toBe(first);
    expect(valueIn(gateway.pushes.at(-1)!.body, pro)).toBe(2);
    expect(gateway.sum(pro)).toBe(3);
  });

  it("is not in doubt if a push that was given up turns out to be acknowledged, which then is not counted again", async () => {
    const first = id();
    await orderAndFlush("held");
    const held = gateway.requests.length;
    await orderAndFlush("refused");
    gateway.requests[held - 1]!.answer(200);
    await clock.pass(MAX_SILENCE_MS);
    await orderAndFlush(200);
    expect(id()).not.toBe(first);
    expect(valueIn(gateway.pushes.at(-1)!.body, pro)).toBe(2);
    expect(gateway.sum(pro)).toBe(3);
  });

  it("stays in doubt if only one of two pushes without an answer is resolved", async () => {
    const first = id();
    await orderAndFlush(200);
    await orderAndFlush("reset, applied");
    await orderAndFlush("held");
    gateway.requests.at(-1)!.answer("refused");
    await clock.pass(2 * MAX_SILENCE_MS);
    await orderAndFlush(200);
    expect(id()).toBe(first);
    expect(gateway.sum(pro)).toBe(4);
  });

  it("is silent from when its last push was sent, not from when the answer was read after a freeze", async () => {
    const first = id();
    gateway.next("held");
    orders().inc({ plan: "pro" });
    const frozen = instance.pusher!.flusher.flush();
    await clock.pass(10);
    clock.freeze(7_200_000);
    gateway.requests[0]!.answer(200);
    await frozen;
    expect(instance.pusher!.flusher.pending).toBe(false);
    await orderAndFlush(200);
    expect(id()).not.toBe(first);
    expect(gateway.sum(pro)).toBe(2);
  });

  it.each([
    ["30 s", "same", 30_000],
    ["a day", "new", 86_400_000],
  ] as const)(
    "pushes as before if the clock is set back by %s, as the %s life",
    async (_, life, backMs) => {
      const first = id();
      await orderAndFlush(200);
      clock.set(-backMs);
      for (let i = 0; i < 3; i++) await orderAndFlush(200);
      expect(id() === first ? "same" : "new").toBe(life);
      expect(gateway.instances()).toHaveLength(life === "same" ? 1 : 2);
      expect(gateway.sum(pro)).toBe(4);
    },
  );

  it("is shown by explain()", async () => {
    const explained = () => JSON.parse(core.explain()) as unknown;
    expect(explained()).toMatchObject({
      instance: id(),
      life: "new",
      breaker: "closed",
      sequence: 0,
    });
    await orderAndFlush(200);
    await clock.pass(MAX_SILENCE_MS);
    await orderAndFlush(200);
    expect(explained()).toMatchObject({ instance: id(), life: "new", sequence: 1 });
  });

  it("that has been silent keeps recordings made meanwhile in the totals of this process", async () => {
    await orderAndFlush(200);
    await clock.pass(MAX_SILENCE_MS);
    orders().inc({ plan: "pro" });
    expect(valueIn(textOf(core), pro)).toBe(2);
  });
});

describe("the group of a life that was replaced", () => {
  const deleted = () =>
    gateway.requests.filter(({ method }) => method === "DELETE").map(({ path }) => path);

  it("is deleted, so that an environment that is called every 15 minutes has one group", async () => {
    for (let i = 0; i < 96; i++) {
      await orderAndFlush(200);
      expect(gateway.groups.size).toBe(1);
      await clock.pass(900_000);
    }
    expect(gateway.instances()).toHaveLength(96);
    expect(new Set(deleted()).size).toBe(95);
    expect(deleted()).toHaveLength(95);
    expect(gateway.sum(pro)).toBe(96);
  });

  it("stays until the first push of the new life is acknowledged", async () => {
    await orderAndFlush(200);
    await clock.pass(900_000);
    await orderAndFlush(503);
    expect(deleted()).toEqual([]);
    await orderAndFlush(200);
    expect(deleted()).toHaveLength(1);
    expect(gateway.sum(pro)).toBe(3);
  });

  it("stays for 150 s after its last answer was read, since it may have been applied just then", async () => {
    gateway.next("held");
    orders().inc({ plan: "pro" });
    const frozen = instance.pusher!.flusher.flush();
    await clock.pass(10);
    clock.freeze(7_200_000);
    gateway.requests[0]!.answer(200);
    await frozen;
    await orderAndFlush(200);
    await clock.pass(148_000);
    await orderAndFlush(200);
    expect(deleted()).toEqual([]);
    await clock.pass(2_000);
    await orderAndFlush(200);
    expect(deleted()).toEqual([gateway.requests[0]!.path]);
  });

  it("is deleted after a freeze in which the clock that nobody sets stands still", async () => {
    await orderAndFlush(200);
    clock.freeze(900_000, true);
    await orderAndFlush(200);
    expect(deleted()).toEqual([gateway.requests[0]!.path]);
  });

  it("stays for 150 s even if the clock is set forward where nothing freezes, since nobody may have scraped it", async () => {
    core = await freshCore();
    instance = start({}, { freezes: false });
    await orderAndFlush(200);
    clock.set(900_000);
    await orderAndFlush(200);
    expect(gateway.instances()).toHaveLength(2);
    expect(deleted()).toEqual([]);
    await clock.pass(150_000);
    await orderAndFlush(200);
    expect(deleted()).toEqual([gateway.requests[0]!.path]);
    expect(gateway.sum(pro)).toBe(3);
  });

  it("is deleted while nothing waits, and not again if that fails", async () => {
    await orderAndFlush(200);
    await clock.pass(900_000);
    orders().inc({ plan: "pro" });
    gateway.next(200, "silent");
    const took = clock.time(instance.pusher!.flusher.flush());
    await clock.pass(0);
    expect(took()).toBe(0);
    expect(deleted()).toHaveLength(1);
    await clock.pass(10_000);
    expect(gateway.requests.at(-1)!.signal.aborted).toBe(true);
    await orderAndFlush(200);
    expect(deleted()).toHaveLength(1);
    expect(gateway.groups.size).toBe(2);
  });
});
