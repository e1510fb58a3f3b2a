import * as users from "@prefreeze/core";
import * as adapters from "@prefreeze/core/adapter";
import { fileJournal } from "@prefreeze/node";
import { beforeEach, expect, it } from "vitest";
import { collectWarnings, forgetAll, valueIn } from "../../../core/test/core.js";
import { fakePlatform, descriptor } from "../../../core/test/fake-platform.js";
import * as internals from "../../../core/test/internals.js";
import { type Receiver, startReceiver } from "../../../core/test/receiver.js";
import { newJournalDirectory, type JournalDirectory } from "./journal-directory.js";

const core = { ...users, ...adapters, ...internals };

let journalDirectory: JournalDirectory;
let receiver: Receiver;

beforeEach(async () => {
  journalDirectory = newJournalDirectory();
  receiver = await startReceiver();
  collectWarnings();
  forgetAll(core);
});

/** Starts the next process of the same environment; `forgetAll` clears the memory of the previous one. */
function startProcess() {
  forgetAll(core);
  journalDirectory.abandon();
  const openJournal = fileJournal({ directory: journalDirectory.directory, environment: "one" });
  const instance = core.instanceOn(fakePlatform({ openJournal }), {
    url: receiver.url,
    maxSeries: 1,
  })!;
  const orders = core.counter({ name: "orders_total", help: "Orders.", labelNames: ["plan"] });
  return {
    begin: () => core.beginObservation(instance, () => descriptor({ key: {} }))!,
    order: (plan: string) => orders.inc({ plan }),
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
