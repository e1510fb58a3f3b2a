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

beforeEach(async () => {
  journalDirectory = newJournalDirectory();
  answer = 200;
  receiver = await startReceiver((response) => response.writeHead(answer).end());
  collectWarnings();
  forgetAll(core);
});

/** Starts the next process of the same environment; `forgetAll` clears the memory of the previous one. */
function startProcess({ labelNames = ["plan"], definedFirst = false } = {}) {
  forgetAll(core);
  journalDirectory.abandon();
  const define = () => core.counter({ name: "orders_total", help: "Orders.", labelNames });
  if (definedFirst) define();
  const openJournal = fileJournal({ directory: journalDirectory.directory, environment: "one" });
  const instance = core.instanceOn(fakePlatform({ openJournal }), {
    url: receiver.url,
    maxSeries: 1,
  })!;
  const orders = define();
  return {
    begin: () => core.beginObservation(instance, () => descriptor({ key: {} }))!,
    order: (plan: string, count = 1) =>
      orders.inc(Object.fromEntries(labelNames.map((name) => [name, plan])), count),
    /** Records a value that is dropped. */
    orderNaN: () => orders.inc({ plan: "free" }, NaN),
  };
}

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

describe.each([
  ["before its totals are restored", true],
  ["after its totals are restored", false],
])("a process that defines a restored metric otherwise, %s,", (_, definedFirst) => {
  const restored = () => startProcess({ labelNames: ["plan", "region"], definedFirst });
  const old = 'orders_total{plan="free"}';
  const otherwise = 'orders_total{plan="pro",region="pro"}';
  const all = () => pushed().map(({ text }) => [valueIn(text, old), valueIn(text, otherwise)]);
  const lives = () => pushed().map(({ path }) => path.slice(path.indexOf("/instance/")));

  async function order(process: ReturnType<typeof startProcess>, plan: string, count = 1) {
    const observation = process.begin();
    process.order(plan, count);
    await observation.returned(undefined);
  }

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
