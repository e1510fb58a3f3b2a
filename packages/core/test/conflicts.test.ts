import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { foundGateways } from "../../../test/pushgateway/gateways.mjs";
import { parseText, sample } from "../../../test/pushgateway/parse.js";
import { startRealGateway } from "../../../test/pushgateway/real.js";
import { startGateway } from "../../gateway/src/index.js";
import type { Instance, Journal, Platform, WrittenLife } from "../src/adapter.js";
import type { Options, Transport } from "../src/index.js";
import { collectWarnings, type Core, freshCore, valueIn } from "./core.js";
import { fakeClock } from "./fake-clock.js";
import { descriptor, startInstance } from "./fake-platform.js";
import { startReceiver } from "./receiver.js";
import { scriptedGateway } from "./scripted-gateway.js";

let core: Core;
let warnings: readonly string[];

beforeEach(async () => {
  core = await freshCore();
  warnings = collectWarnings();
});

/** What another function pushes, and the metric of ours that the gateway does not take beside it. */
const others = {
  "a gauge of the name of a histogram": {
    text: "# HELP size_bytes Sizes.\n# TYPE size_bytes gauge\nsize_bytes 1\n",
    reason:
      'metric "size_bytes" (histogram) is left out of pushes, since another function has it as gauge',
  },
  "a histogram of the name of a counter": {
    text: '# HELP orders_total Orders.\n# TYPE orders_total histogram\norders_total_bucket{le="+Inf"} 1\norders_total_sum 1\norders_total_count 1\n',
    reason:
      'metric "orders_total" (counter) is left out of pushes, since another function has it as histogram',
  },
  "an untyped metric of the name of a counter": {
    text: "orders_total 1\n",
    reason:
      'metric "orders_total" (counter) is left out of pushes, since another function has it as untyped',
  },
  "the count of a histogram": {
    text: "# HELP size_bytes_count Sizes.\n# TYPE size_bytes_count counter\nsize_bytes_count 1\n",
    reason:
      'metric "size_bytes" (histogram) is left out of pushes, since another function has "size_bytes_count"',
  },
} as const;

function start(options: Options, differences: Partial<Platform> = {}) {
  const instance = startInstance(core, { flushTimeoutMs: 5_000, ...options }, differences);
  const orders = core.counter({ name: "orders_total", help: "Orders.", labelNames: ["plan"] });
  const sizes = core.histogram({ name: "size_bytes", help: "Sizes.", buckets: [1] });
  const hits = core.counter({ name: "hits_total", help: "Hits." });
  return { instance, orders, sizes, hits };
}

async function invoke(instance: Instance, run: () => void): Promise<void> {
  await core.observe(
    instance,
    () => descriptor({ key: {} }),
    async () => run(),
  );
}

async function pushByAnother(url: string, text: string): Promise<void> {
  const { status } = await fetch(`${url}/metrics/job/other/instance/one`, {
    method: "PUT",
    body: text,
  });
  expect(status).toBe(200);
}

const programs = await foundGateways();
const gateways = [
  ...programs.map(({ version, path }) => ({
    version: `Pushgateway ${version}`,
    resets: version === "1.11.0",
    start: async () => {
      const gateway = await startRealGateway({ program: path, flags: ["--log.level=error"] });
      onTestFinished(() => gateway.stop());
      return gateway.url;
    },
  })),
  {
    version: "@prefreeze/gateway",
    resets: false,
    start: async () => {
      const gateway = await startGateway();
      onTestFinished(() => gateway.stop());
      return gateway.url;
    },
  },
];

describe.each(gateways)(
  "a metric that $version does not take beside another function's",
  (gateway) => {
    it.each(Object.entries(others))("(%s) is left out, and all else arrives", async (_, other) => {
      const url = await gateway.start();
      await pushByAnother(url, other.text);
      const { instance, orders, sizes, hits } = start({ url });
      const record = () => {
        orders.inc({ plan: 'a "gauge:<" } is not a SUMMARY' });
        sizes.observe(2);
        hits.inc();
      };
      await invoke(instance, record);
      // It answers nothing, so the second flush looks for the reason.
      if (gateway.resets) await invoke(instance, record);
      const invocations = gateway.resets ? 2 : 1;

      const text = await (await fetch(`${url}/metrics`)).text();
      const shown = parseText(text);
      const { id } = instance.pusher!.life;
      const value = (name: string, labels = {}) => sample(shown, name, { instance: id, ...labels });
      expect(value("hits_total")).toBe(invocations);
      expect(value("faas_invocations_total")).toBe(invocations);
      expect(value("prefreeze_conflicts_total")).toBe(1);
      const reported = warnings.filter((line) => line.includes("is left out"));
      expect(reported).toEqual([`prefreeze: ${other.reason}: rename one of them`]);
      const [, name] = /^metric "(\w+)"/.exec(other.reason)!;
      const mine = name === "orders_total" ? "orders_total" : "size_bytes_sum";
      expect(value(mine)).toBeUndefined();
      expect(value(name === "orders_total" ? "size_bytes_sum" : "orders_total")).toBeDefined();

      await invoke(instance, record);
      expect(warnings.filter((line) => line.includes("is left out"))).toHaveLength(1);
      expect(instance.pusher!.life.inDoubt).toBe(false);
    });
  },
);

describe("a metric that was left out", () => {
  const refusal =
    'pushed metrics are invalid or inconsistent with existing metrics: collected metric "orders_total" { label:<name:"plan" value:"pro" > counter:<value:1 > } is not a GAUGE\n';

  /** A gateway that refuses `orders_total` while it is told to. */
  async function refusing() {
    const state = { refuses: true };
    const server = await startReceiver((response, { body }) => {
      if (state.refuses && body.includes("orders_total")) response.writeHead(400).end(refusal);
      else response.end();
    });
    const last = (series: string) => valueIn(String(server.received.at(-1)?.body), series);
    return { ...server, state, last };
  }

  it("is pushed again after half an hour, with all that it has counted", async () => {
    const server = await refusing();
    const clock = fakeClock();
    const { instance, orders } = start({ url: server.url });
    const order = async () => invoke(instance, () => orders.inc({ plan: "pro" }));
    await order();
    for (let i = 0; i < 4; i++) {
      await clock.pass(500_000);
      server.state.refuses = false;
      await order();
    }
    expect(server.last('orders_total{plan="pro"}')).toBe(5);
    expect(server.received.filter(({ body }) => body.includes("orders_total"))).toHaveLength(2);
  });

  it("is pushed again after half an hour, even if the clock was set back meanwhile", async () => {
    const server = await refusing();
    const clock = fakeClock();
    const { instance, orders } = start({ url: server.url });
    const order = async () => invoke(instance, () => orders.inc({ plan: "pro" }));
    await order();
    server.state.refuses = false;
    clock.set(-86_400_000);
    await clock.pass(1_800_000);
    await order();
    expect(server.last('orders_total{plan="pro"}')).toBe(2);
  });

  it("is not taken for acknowledged by the next life, nor counted twice", async () => {
    const server = await refusing();
    server.state.refuses = false;
    const clock = fakeClock();
    const { instance, orders, hits } = start({ url: server.url });
    const work = () => {
      orders.inc({ plan: "pro" });
      hits.inc();
    };
    await invoke(instance, work);
    const first = instance.pusher!.life.id;
    server.state.refuses = true;
    await invoke(instance, work);
    await clock.pass(700_000);
    await invoke(instance, work);
    expect(instance.pusher!.life.id).not.toBe(first);
    expect(server.last("hits_total")).toBe(1);
    await clock.pass(1_200_000);
    server.state.refuses = false;
    await invoke(instance, work);
    // One of four orders is acknowledged under the first id.
    expect(server.last('orders_total{plan="pro"}')).toBe(3);
  });

  it("stays in doubt with the push that had it, and is not counted twice", async () => {
    const gateway = scriptedGateway();
    let pushes = 0;
    // The second push is applied and not answered. The gateway refuses the metric from then on.
    const transport: Transport = async (request) =>
      ++pushes > 2 && pushes < 5 && String(request.body).includes("orders_total")
        ? { status: 400, body: refusal }
        : gateway.transport(request);
    const clock = fakeClock();
    const { instance, orders } = start({ url: "http://gateway.test", transport });
    const order = async () => invoke(instance, () => orders.inc({ plan: "pro" }));
    gateway.next(200, "reset, applied", 200);
    await order();
    await order();
    expect(warnings.filter((line) => line.includes("is left out"))).toHaveLength(1);
    await clock.pass(700_000);
    await order();
    expect(instance.pusher!.life.inDoubt).toBe(true);
    await clock.pass(1_800_000);
    await order();
    expect(instance.pusher!.life.inDoubt).toBe(false);
    expect(gateway.sum('orders_total{plan="pro"}')).toBe(4);
  });

  it("is written to the journal, which holds the acknowledged snapshot without it", async () => {
    const server = await refusing();
    const written: string[] = [];
    const acknowledged: (WrittenLife & { whole: boolean })[] = [];
    const openJournal = (): Journal => ({
      restored: undefined,
      lifeWriter: core.createLifeWriter,
      abandoned: undefined,
      begin: () => 0,
      end: () => undefined,
      write: (_, { all }) => void written.push(all()),
      acknowledge: (life, whole) => void acknowledged.push({ ...life, whole }),
      remove: () => undefined,
    });
    const { instance, orders } = start({ url: server.url }, { openJournal });
    await invoke(instance, () => orders.inc({ plan: "pro" }));
    await invoke(instance, () => orders.inc({ plan: "pro" }));
    instance.pusher!.persist();
    const series = 'orders_total{plan="pro"}';
    expect(valueIn(written.at(-1)!, series)).toBe(2);
    expect(acknowledged.at(-1)).toMatchObject({ inDoubt: false, whole: false });
    expect(valueIn(acknowledged.at(-1)!.acknowledged!.totals, series)).toBeUndefined();
  });
});
