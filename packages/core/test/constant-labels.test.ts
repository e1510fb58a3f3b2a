import { beforeEach, expect, it } from "vitest";
import { decodeFamilies, samplesOf } from "../../../test/pushgateway/metric-families.js";
import type { Instance } from "../src/adapter.js";
import type { Options } from "../src/index.js";
import { collectWarnings, type Core, freshCore, valueIn } from "./core.js";
import { type FakeClock, fakeClock } from "./fake-clock.js";
import { startInstance } from "./fake-platform.js";
import { type ScriptedGateway, scriptedGateway } from "./scripted-gateway.js";

let core: Core;
let clock: FakeClock;
let gateway: ScriptedGateway;
let warnings: readonly string[];

beforeEach(async () => {
  core = await freshCore();
  clock = fakeClock();
  warnings = collectWarnings();
  gateway = scriptedGateway();
});

function start(options: Options, env: Record<string, string> = {}): Instance {
  const { transport } = gateway;
  return startInstance(core, { url: "http://gateway:9091", transport, ...options }, { env });
}

async function push({ pusher }: Instance): Promise<string> {
  core.expectChange();
  const flushed = pusher!.flusher.flush();
  await clock.pass(1_000);
  await flushed;
  return gateway.pushes.at(-1)!.body;
}

const orders = () => core.counter({ name: "orders_total", help: "Orders.", labelNames: ["plan"] });
const labels = { team: "shop", tier: 'a "b"' };

it("stand behind the labels of every series, but for target_info and what prefreeze says about itself", async () => {
  orders().inc({ plan: "pro" }, 2);
  const instance = start({ labels });
  core.gauge({ name: "backlog", help: "Waiting." }).set(3);
  core.histogram({ name: "size_bytes", help: "Sizes.", buckets: [1] }).observe(1);
  await core.observe(
    instance,
    () => ({ key: {}, id: "1", trigger: "http", keepAlive: (flush) => flush() }),
    () => 1,
  );
  const text = await push(instance);
  const constant = String.raw`team="shop",tier="a \"b\""`;
  expect(valueIn(text, `orders_total{plan="pro",${constant}}`)).toBe(2);
  expect(valueIn(text, `backlog{${constant}}`)).toBe(3);
  expect(valueIn(text, `size_bytes_bucket{${constant},le="+Inf"}`)).toBe(1);
  expect(valueIn(text, `faas_invocations_total{faas_trigger="http",${constant}}`)).toBe(1);
  const without = text.match(/^[a-z].*$/gm)!.filter((line) => !line.includes(constant));
  expect(without.map((line) => line.split(/[ {]/)[0])).toEqual([
    "prefreeze_dropped_recordings_total",
    "prefreeze_dropped_series_total",
    "prefreeze_flush_duration_seconds_sum",
    "prefreeze_flush_duration_seconds_count",
    "prefreeze_flushes_total",
    "prefreeze_flushes_total",
    "prefreeze_snapshot_sequence",
    "target_info",
  ]);
  // A group is not named by them.
  expect(gateway.pushes[0]!.path).not.toContain("team");
});

it("are part of a push in the protobuf format", async () => {
  const { protobuf } = await import("../src/protobuf.js");
  const bodies: Uint8Array[] = [];
  const instance = start({
    labels: { team: "shop" },
    format: protobuf,
    transport: async ({ body }) => {
      bodies.push(body as Uint8Array);
      return { status: 200, body: "" };
    },
  });
  orders().inc({ plan: "pro" });
  core.expectChange();
  const flushed = instance.pusher!.flusher.flush();
  await clock.pass(1_000);
  await flushed;
  const names = samplesOf(decodeFamilies(bodies[0]!));
  expect(names.map(({ labels }) => labels)).toContainEqual({ plan: "pro", team: "shop" });
});

it("come from PREFREEZE_LABELS, if no option gives them", async () => {
  const instance = start({}, { PREFREEZE_LABELS: "team=shop, tier = a=b" });
  orders().inc({ plan: "pro" });
  expect(await push(instance)).toContain('\norders_total{plan="pro",team="shop",tier="a=b"} 1\n');
});

it.each([
  [{ plan: "x" }, 'constant label "plan" is a label of the metric "orders_total" already'],
  [{ result: "x" }, "prefreeze_flushes_total"],
  [{ faas_trigger: "x" }, "faas_invocations_total"],
  [{ zone: "x" }, 'constant label "zone" is a grouping label already'],
  [{ job: "x" }, 'constant label "job" is reserved'],
  [{ "a-b": "x" }, "must match"],
  [{ team: "" }, "needs a string that is not empty"],
  [{ team: 5 as unknown as string }, "needs a string that is not empty"],
  [{ a: "x".repeat(250), b: "x".repeat(250) }, "makes the constant labels longer than 500 bytes"],
])("%j is refused: %s", (labels, fault) => {
  orders();
  expect(() => start({ labels, grouping: { zone: "eu" } })).toThrow(fault);
});

it("of a variable that are wrong are left out, each with a warning", async () => {
  orders().inc({ plan: "pro" });
  const instance = start({}, { PREFREEZE_LABELS: "plan=x,a-b=x,team=shop,team=y" });
  expect(await push(instance)).toContain('\norders_total{plan="pro",team="shop"} 1\n');
  expect(warnings).toEqual([
    'prefreeze: PREFREEZE_LABELS: constant label "plan" is a label of the metric "orders_total" already; the label is ignored',
    'prefreeze: PREFREEZE_LABELS: constant label "a-b" must match [a-zA-Z_][a-zA-Z0-9_]*; the label is ignored',
    'prefreeze: PREFREEZE_LABELS: constant label "team" is given twice; the label is ignored',
  ]);
});

it("may be named as a label of target_info", async () => {
  const instance = start({ labels: { faas_name: "x" } });
  orders().inc({ plan: "pro" });
  const text = await push(instance);
  expect(text).toContain('\norders_total{plan="pro",faas_name="x"} 1\n');
  expect(text).toContain('\ntarget_info{faas_name="checkout"} 1\n');
});

it("are no longer than maxLabelBytes", () => {
  expect(() => start({ labels: { team: "shop" }, maxLabelBytes: 10 })).toThrow(
    "makes the constant labels longer than 10 bytes",
  );
});

it("may not be defined as a label later; if a variable gives them, that metric's recordings are dropped", async () => {
  start({ labels: { plan: "x" } });
  expect(orders).toThrow(
    'metric "orders_total": label "plan" is a grouping or constant label already',
  );
  core = await freshCore();
  const instance = start({}, { PREFREEZE_LABELS: "plan=x" });
  orders().inc({ plan: "pro" });
  expect(await push(instance)).not.toContain("orders_total");
  expect(warnings).toContain(
    'prefreeze: metric "orders_total": label "plan" is in PREFREEZE_GROUPING or PREFREEZE_LABELS, too; this recording is dropped',
  );
});

it("are no part of what recorded() shows", async () => {
  start({ labels: { team: "shop" } });
  const counter = orders();
  const record = await core.recorded(() => counter.inc({ plan: "pro" }));
  expect(record.series[0]!.labels).toEqual({ plan: "pro" });
});

it("change nothing when a life expires: the next one starts with what was never acknowledged", async () => {
  const instance = start({ labels: { team: "shop" } });
  const counter = orders();
  counter.inc({ plan: "pro" }, 5);
  await push(instance);
  counter.inc({ plan: "pro" }, 2);
  await clock.pass(601_000);
  const text = await push(instance);
  expect(gateway.instances()).toHaveLength(2);
  expect(valueIn(text, 'orders_total{plan="pro",team="shop"}')).toBe(2);
  expect(gateway.sum('orders_total{plan="pro",team="shop"}')).toBe(7);
});

it("are no labels of a restored total, whose metric continues", async () => {
  const instance = start({ labels: { team: "shop" } });
  orders().inc({ plan: "pro" }, 5);
  const text = await push(instance);
  core = await freshCore();
  const next = start({ labels: { team: "shop" } });
  core.addTotals(text);
  orders().inc({ plan: "pro" }, 2);
  expect(valueIn(await push(next), 'orders_total{plan="pro",team="shop"}')).toBe(7);
});

it("take room in a snapshot, also beside series that were there before", async () => {
  orders().inc({ plan: "pro" });
  const { bytes } = core.catalog;
  start({ labels: { team: "x".repeat(100) } });
  const before = core.catalog.bytes;
  expect(before - bytes).toBeGreaterThan(100);
  orders().inc({ plan: "free" });
  expect(core.catalog.bytes - before).toBeGreaterThan(100);
});
