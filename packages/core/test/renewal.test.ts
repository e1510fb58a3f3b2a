import { beforeEach, describe, expect, it } from "vitest";
import type { Instance } from "../src/adapter.js";
import { collectWarnings, type Core, freshCore, valueIn } from "./core.js";
import { type FakeClock, fakeClock } from "./fake-clock.js";
import { startInstance } from "./fake-platform.js";
import { type Answer, type ScriptedGateway, scriptedGateway } from "./scripted-gateway.js";

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
  instance = start();
});

function start(options: Parameters<typeof startInstance>[1] = {}): Instance {
  const { transport } = gateway;
  return startInstance(core, {
    url: "http://gateway:9091",
    transport,
    gzipAboveBytes: Infinity,
    ...options,
  });
}

const id = () => instance.pusher!.life.id;
const orders = () => core.counter({ name: "orders_total", help: "Orders." });
const last = (series: string) => valueIn(gateway.pushes.at(-1)!.body, series);

/** Records one order and flushes; the pushes end with `answers`, the last one stands for all further ones. */
async function orderAndFlush(...answers: Answer[]): Promise<void> {
  orders().inc();
  gateway.next(...answers);
  const flushed = instance.pusher!.flusher.flush();
  await clock.pass(1_000);
  await flushed;
  gateway.next(200);
}

const acknowledgedLines = () =>
  gateway.pushes.map(({ body }) => /\n# ACKNOWLEDGED (\d+)\n$/.exec(body)?.[1]);

describe("a push", () => {
  it("ends with the newest sequence number that is acknowledged, if there is one", async () => {
    await orderAndFlush("refused");
    await orderAndFlush(200);
    await orderAndFlush(200);
    await orderAndFlush(503);
    await orderAndFlush(200);
    // Each failure has a retry.
    expect(acknowledgedLines()).toEqual([undefined, undefined, undefined, "3", "4", "4", "4"]);
    expect(gateway.pushes[0]!.body).not.toContain("ACKNOWLEDGED");
  });

  it("tells the newest one that is acknowledged, even if a later one has failed since", async () => {
    await orderAndFlush(200);
    await orderAndFlush("held");
    const held = gateway.requests.at(-1)!;
    await orderAndFlush("refused");
    held.answer(200);
    await clock.pass(10);
    await orderAndFlush(200);
    expect(acknowledgedLines().at(-1)).toBe("2");
  });
});

describe("an instance whose life is not known to the aggregator (410)", () => {
  it("continues at once as a new life, with what was not acknowledged", async () => {
    const backlog = core.gauge({ name: "backlog_messages", help: "Backlog." });
    await orderAndFlush(200);
    await orderAndFlush("refused");
    const first = id();
    backlog.set(7);
    await orderAndFlush(410, 200);
    expect(id()).not.toBe(first);
    expect(gateway.instances()).toEqual([first, id()]);
    expect(last("prefreeze_snapshot_sequence")).toBe(1);
    expect(last("orders_total")).toBe(2);
    expect(last("backlog_messages")).toBe(7);
    expect(acknowledgedLines().at(-1)).toBeUndefined();
    expect(gateway.sum("orders_total")).toBe(3);
    await orderAndFlush(200);
    expect(gateway.instances()).toEqual([first, id()]);
    expect(gateway.sum("orders_total")).toBe(4);
  });

  it("has not failed: it warns of nothing, and neither breaker nor back-off nor counters tell", async () => {
    await orderAndFlush(200);
    await orderAndFlush(410, 200);
    const { flusher } = instance.pusher!;
    expect(flusher.breaker).toMatchObject({ failures: 0, state: "closed" });
    expect(flusher.pending).toBe(false);
    const pushes = gateway.pushes.length;
    orders().inc();
    const flushed = flusher.flush();
    await clock.pass(10);
    await flushed;
    expect(gateway.pushes).toHaveLength(pushes + 1);
    expect(last('prefreeze_flushes_total{result="failure"}')).toBe(0);
    expect(warnings).toEqual([]);
  });

  it("is refused like any other if that happens to its new life", async () => {
    await orderAndFlush(200);
    const first = id();
    await orderAndFlush(410);
    expect(gateway.pushes).toHaveLength(3);
    const second = id();
    expect(second).not.toBe(first);
    await orderAndFlush(410);
    expect(gateway.pushes).toHaveLength(4);
    expect(id()).toBe(second);
    expect(warnings).toEqual([
      "prefreeze: push to http://gateway:9091/ failed: HTTP 410; check the path in PUSHGATEWAY_URL",
    ]);
    await orderAndFlush(200);
    expect(gateway.sum("orders_total")).toBe(4);
  });

  it("is refused like any other if nothing of it was acknowledged: this is no aggregator", async () => {
    const first = id();
    await orderAndFlush(410);
    expect(gateway.pushes).toHaveLength(1);
    expect(id()).toBe(first);
    expect(instance.pusher!.flusher.breaker.failures).toBe(1);
    expect(instance.pusher!.life.inDoubt).toBe(false);
    expect(warnings).toHaveLength(1);
  });

  it("is replaced even if a push of it is in doubt, since nobody can ever tell", async () => {
    await orderAndFlush(200);
    const first = id();
    await orderAndFlush(503);
    expect(instance.pusher!.life.inDoubt).toBe(true);
    await orderAndFlush(410, 200);
    expect(id()).not.toBe(first);
    expect(instance.pusher!.life.inDoubt).toBe(false);
    expect(gateway.sum("orders_total")).toBe(3);
  });

  it("is not replaced if a later push was sent before the answer came", async () => {
    await orderAndFlush(200);
    const first = id();
    await orderAndFlush("held");
    const held = gateway.requests.at(-1)!;
    await orderAndFlush(200);
    held.answer(410);
    await orderAndFlush(200);
    expect(id()).toBe(first);
    expect(gateway.sum("orders_total")).toBe(4);
    expect(warnings.filter((line) => !line.includes("no answer"))).toEqual([
      "prefreeze: push to http://gateway:9091/ succeeded again",
    ]);
  });

  it("is replaced by the next push if the answer came when the push had been given up", async () => {
    await orderAndFlush(200);
    const first = id();
    await orderAndFlush("held");
    const pushes = gateway.pushes.length;
    gateway.requests.at(-1)!.answer(410);
    await clock.pass(10);
    expect(gateway.pushes).toHaveLength(pushes);
    await orderAndFlush(200);
    expect(gateway.pushes).toHaveLength(pushes + 1);
    expect(gateway.instances()).toEqual([first, id()]);
    expect(gateway.sum("orders_total")).toBe(3);
  });

  it("pushes as a new life at the end, too, if 50 ms are left", async () => {
    await orderAndFlush(200);
    orders().inc();
    gateway.next(410, 200);
    const ended = core.endLife(instance.pusher!, Date.now() + 50);
    await clock.pass(50);
    await ended;
    expect(gateway.instances()).toHaveLength(2);
    expect(gateway.sum("orders_total")).toBe(2);
  });

  it("takes no more than the time of one push for both", async () => {
    await orderAndFlush(200);
    orders().inc();
    gateway.next(410, "silent");
    const took = clock.time(instance.pusher!.flusher.flush(Date.now() + 400));
    await clock.pass(2_000);
    expect(took()).toBe(400);
  });

  it("deletes what the old life has at the aggregator, as after an expiry", async () => {
    await orderAndFlush(200);
    const old = gateway.requests.at(-1)!.path;
    await orderAndFlush(410, 200);
    const deleted = () => gateway.requests.filter(({ method }) => method === "DELETE");
    expect(deleted()).toEqual([]);
    await clock.pass(150_000);
    await orderAndFlush(200);
    expect(deleted().map(({ path }) => path)).toEqual([old]);
  });

  it("may choose another of several gateways, and stays there", async () => {
    const urls = ["http://one:9091", "http://two:9091"];
    const chosen = new Set<boolean>();
    for (let i = 0; chosen.size < 2 && i < 100; i++) {
      core = await freshCore();
      instance = start({ url: urls });
      await orderAndFlush(200);
      await orderAndFlush(410, 200);
      const [first, , second] = gateway.pushes.slice(-3);
      chosen.add(first!.gateway === second!.gateway);
      await orderAndFlush(200);
      expect(gateway.pushes.at(-1)!.gateway).toBe(second!.gateway);
    }
    expect(chosen.size).toBe(2);
  });
});

describe("a new life after a 410", () => {
  const refusal =
    'pushed metrics are invalid or inconsistent with existing metrics: collected metric "orders_total" { counter:<value:1 > } is not a GAUGE\n';

  it("leaves out the metrics that the old one left out, and counts them once when they are pushed again", async () => {
    core = await freshCore();
    const hits = core.counter({ name: "hits_total", help: "Hits." });
    let refuses = false;
    instance = start({
      transport: (request) =>
        refuses && String(request.body).includes("orders_total")
          ? Promise.resolve({ status: 400, body: refusal })
          : gateway.transport(request),
    });
    const work = async (...answers: Answer[]) => {
      hits.inc();
      await orderAndFlush(...answers);
    };
    await work(200);
    refuses = true;
    await work(200);
    await work(410, 200);
    expect(last("hits_total")).toBe(1);
    expect(last("orders_total")).toBeUndefined();
    refuses = false;
    for (let i = 0; i < 4; i++) {
      await clock.pass(500_000);
      await work(200);
    }
    // One of seven orders is acknowledged under the first id.
    expect(last("orders_total")).toBe(6);
    expect(gateway.sum("hits_total")).toBe(7);
    expect(gateway.instances()).toHaveLength(2);
  });
});
