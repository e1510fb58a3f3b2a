import * as users from "@prefreeze/core";
import * as adapters from "@prefreeze/core/adapter";
import { fileJournal } from "@prefreeze/node";
import { beforeEach, describe, expect, it } from "vitest";
import { collectWarnings, forgetAll, valueIn } from "../../../core/test/core.js";
import { fakePlatform, descriptor } from "../../../core/test/fake-platform.js";
import * as internals from "../../../core/test/internals.js";
import { type Receiver, startReceiver } from "../../../core/test/receiver.js";
import { newJournalDirectory, type JournalDirectory } from "./journal-directory.js";

const core = { ...users, ...adapters, ...internals };

let journalDirectory: JournalDirectory;
let receiver: Receiver;
let answer: number;
/** Lives that the receiver does not know, though they were acknowledged. */
let unknown: Set<string>;

beforeEach(async () => {
  journalDirectory = newJournalDirectory();
  answer = 200;
  unknown = new Set();
  receiver = await startReceiver((response, { path }) =>
    response.writeHead(unknown.has(path) ? 410 : answer).end(),
  );
  collectWarnings();
  forgetAll(core);
});

/** Starts the next process of the same environment; `forgetAll` clears the memory of the previous one. */
function startProcess({
  labelNames = ["plan"],
  definedFirst = false,
  keepAlive = descriptor().keepAlive,
} = {}) {
  forgetAll(core);
  journalDirectory.abandon();
  const define = () => core.counter({ name: "orders_total", help: "Orders.", labelNames });
  if (definedFirst) define();
  const openJournal = fileJournal({ directory: journalDirectory.directory, environment: "one" });
  const instance = core.instanceOn(fakePlatform({ openJournal, freezes: true }), {
    url: receiver.url,
    maxSeries: 1,
  })!;
  const orders = define();
  return {
    begin: () => core.beginObservation(instance, () => descriptor({ key: {}, keepAlive }))!,
    order: (plan: string, count = 1) =>
      orders.inc(Object.fromEntries(labelNames.map((name) => [name, plan])), count),
    /** Records a value that is dropped. */
    orderNaN: () => orders.inc({ plan: "free" }, NaN),
  };
}

it.each([
  ["before its push", 1],
  ["during its push", 2],
])(
  "a process that is killed after its response, %s, loses and doubles nothing",
  async (moment, sequence) => {
    let flush: (() => Promise<void>) | undefined;
    const first = startProcess({
      keepAlive(given) {
        flush = given;
        return undefined;
      },
    });
    const one = first.begin();
    first.order("free");
    expect(one.returned(undefined)).toBeUndefined();
    if (moment !== "before its push") {
      void flush!();
      await expect.poll(pushed).toHaveLength(1);
    }

    const second = startProcess();
    const two = second.begin();
    second.order("free");
    await two.returned(undefined);

    const paths = new Set(pushed().map(({ path }) => path));
    expect(paths.size).toBe(1);
    const { text } = pushed().at(-1)!;
    expect(valueIn(text, 'orders_total{plan="free"}')).toBe(2);
    expect(valueIn(text, 'faas_invocations_total{faas_trigger="http"}')).toBe(2);
    expect(valueIn(text, "prefreeze_snapshot_sequence")).toBe(sequence);
    expect(valueIn(text, 'faas_errors_total{faas_trigger="http",error_type="killed"}')).toBe(
      undefined,
    );
  },
);

const pushed = () => receiver.received.map(({ path, body }) => ({ path, text: String(body) }));

it("the next process continues with the same id, totals, sequence and drops, and counts the invocation that died", async () => {
  const first = startProcess();
  const one = first.begin();
  first.order("free");
  first.order("over the limit");
  first.orderNaN();
  await one.returned(undefined);
  first.begin();

  const second = startProcess();
  const two = second.begin();
  second.order("free");
  second.orderNaN();
  await two.returned(undefined);

  const [before, after] = pushed();
  expect(pushed()).toHaveLength(2);
  expect(after!.path).toBe(before!.path);
  const value = (series: string) => [valueIn(before!.text, series), valueIn(after!.text, series)];
  expect(value("prefreeze_snapshot_sequence")).toEqual([1, 2]);
  expect(value('orders_total{plan="free"}')).toEqual([1, 2]);
  expect(value('orders_total{plan="_overflow"}')).toEqual([1, 1]);
  expect(value("prefreeze_dropped_series_total")).toEqual([1, 1]);
  expect(value("prefreeze_dropped_recordings_total")).toEqual([1, 2]);
  expect(value('faas_invocations_total{faas_trigger="http"}')).toEqual([1, 2]);
  expect(value('faas_errors_total{faas_trigger="http",error_type="killed"}')).toEqual([
    undefined,
    1,
  ]);
  expect(value('faas_coldstarts_total{faas_trigger="http"}')).toEqual([1, 2]);
});

const lives = () => pushed().map(({ path }) => path.slice(path.indexOf("/instance/")));

async function order(process: ReturnType<typeof startProcess>, plan: string, count = 1) {
  const observation = process.begin();
  process.order(plan, count);
  await observation.returned(undefined);
}

describe("the next process of a life that an aggregator does not know (410)", () => {
  const free = 'orders_total{plan="free"}';
  const acknowledged = () =>
    pushed().map(({ text }) => /\n# ACKNOWLEDGED (\d+)\n$/.exec(text)?.[1]);

  it("says what was acknowledged, and continues as a new life with the rest", async () => {
    await order(startProcess(), "free", 5);
    answer = 503;
    await order(startProcess(), "free", 2);
    answer = 200;
    unknown.add(pushed()[0]!.path);
    await order(startProcess(), "free");
    expect(acknowledged()).toEqual([undefined, "1", "1", "1", undefined]);
    expect(pushed().map(({ text }) => valueIn(text, free))).toEqual([5, 7, 7, 8, 3]);
    expect(lives().at(-1)).not.toBe(lives()[0]);
    const next = startProcess();
    await order(next, "free");
    expect(pushed().map(({ text }) => valueIn(text, free))).toEqual([5, 7, 7, 8, 3, 4]);
    expect(lives().at(-1)).toBe(lives().at(-2));
    expect(acknowledged().at(-1)).toBe("1");
  });

  it("says what was acknowledged, even if several processes have not pushed since", async () => {
    const first = startProcess();
    await order(first, "free");
    await order(first, "free");
    for (let i = 0; i < 3; i++) startProcess().begin();
    await order(startProcess(), "free");
    expect(acknowledged()).toEqual([undefined, "1", "2"]);
  });

  it("first pushes what the old definition counted, as a new life, if a metric is defined otherwise", async () => {
    const first = startProcess();
    await order(first, "free", 5);
    answer = 400;
    await order(first, "free", 2);
    answer = 200;
    unknown.add(pushed()[0]!.path);
    const otherwise = startProcess({ labelNames: ["plan", "region"] });
    await order(otherwise, "pro");
    await order(otherwise, "pro");
    const pro = 'orders_total{plan="pro",region="pro"}';
    expect(pushed().map(({ text }) => [valueIn(text, free), valueIn(text, pro)])).toEqual([
      [5, undefined],
      [7, undefined],
      [7, undefined],
      [2, undefined],
      [undefined, 2],
    ]);
    expect(new Set(lives()).size).toBe(3);
  });
});

describe.each([
  ["before its totals are restored", true],
  ["after its totals are restored", false],
])("a process that defines a restored metric otherwise, %s,", (_, definedFirst) => {
  const restored = () => startProcess({ labelNames: ["plan", "region"], definedFirst });
  const old = 'orders_total{plan="free"}';
  const otherwise = 'orders_total{plan="pro",region="pro"}';
  const all = () => pushed().map(({ text }) => [valueIn(text, old), valueIn(text, otherwise)]);
  it("continues as a new life, so no counter falls", async () => {
    await order(startProcess(), "free", 5);
    await order(restored(), "pro");
    expect(all()).toEqual([
      [5, undefined],
      [undefined, 1],
    ]);
    expect(new Set(lives()).size).toBe(2);
    const invocations = 'faas_invocations_total{faas_trigger="http"}';
    expect(pushed().map(({ text }) => valueIn(text, invocations))).toEqual([1, 1]);
  });

  it("first pushes what the old definition counted, if that is not acknowledged, and loses nothing", async () => {
    answer = 503;
    await order(startProcess(), "free", 5);
    const pushes = pushed().length;
    const process = restored();
    answer = 200;
    await order(process, "pro");
    await order(process, "pro");
    expect(all().slice(pushes)).toEqual([
      [5, undefined],
      [undefined, 2],
    ]);
    expect(new Set(lives().slice(0, -1)).size).toBe(1);
    expect(lives().at(-1)).not.toBe(lives()[0]);
  });
});
