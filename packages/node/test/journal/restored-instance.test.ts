import * as users from "@prefreeze/core";
import * as adapters from "@prefreeze/core/adapter";
import { fileJournal } from "@prefreeze/node";
import { beforeEach, expect, it } from "vitest";
import { collectWarnings, forgetAll, valueIn } from "../../../core/test/core.js";
import { fakePlatform, descriptor } from "../../../core/test/fake-platform.js";
import * as internals from "../../../core/test/internals.js";
import { type Receiver, startReceiver } from "../../../core/test/receiver.js";
import { newPlace, type Place } from "./place.js";

const core = { ...users, ...adapters, ...internals };

let place: Place;
let receiver: Receiver;

beforeEach(async () => {
  place = newPlace();
  receiver = await startReceiver();
  collectWarnings();
  forgetAll(core);
});

/** A process of the same environment; what it has in memory is gone with `forgetAll`. */
function startProcess() {
  forgetAll(core);
  place.abandon();
  const openJournal = fileJournal({ directory: place.directory, environment: "one" });
  const instance = core.instanceOn(fakePlatform({ openJournal }), {
    url: receiver.url,
    maxSeries: 1,
  })!;
  const orders = core.counter({ name: "orders_total", help: "Orders.", labelNames: ["plan"] });
  return {
    begin: () => core.beginObservation(instance, () => descriptor({ key: {} }))!,
    order: (plan: string) => orders.inc({ plan }),
    /** One that cannot be taken. */
    orderNaN: () => orders.inc({ plan: "free" }, NaN),
  };
}

const pushed = () => receiver.received.map(({ path, body }) => ({ path, text: String(body) }));

it("the next process goes on under the same id, with totals, sequence and what it dropped, and counts who died", async () => {
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
