import * as users from "@prefreeze/core";
import * as adapters from "@prefreeze/core/adapter";
import type { OpenJournal } from "@prefreeze/core/adapter";
import { protobuf } from "@prefreeze/core/protobuf";
import { fileJournal } from "@prefreeze/node";
import { beforeEach, expect, it } from "vitest";
import { collectWarnings, forgetAll } from "../../../core/test/core.js";
import { fakeClock, type FakeClock } from "../../../core/test/fake-clock.js";
import { fakePlatform } from "../../../core/test/fake-platform.js";
import * as internals from "../../../core/test/internals.js";
import { decodeFamilies, startOf } from "../../../../test/pushgateway/metric-families.js";
import { newJournalDirectory, type JournalDirectory } from "./journal-directory.js";

const core = { ...users, ...adapters, ...internals };
/** A start is told this much earlier, since clocks differ. */
const EARLIER_MS = 1_000;

let journalDirectory: JournalDirectory;
let clock: FakeClock;
let pushed: (readonly [group: string, body: Uint8Array])[];

beforeEach(() => {
  journalDirectory = newJournalDirectory();
  clock = fakeClock();
  pushed = [];
  collectWarnings();
});

/** Starts the next process of the same environment, some time later. */
async function startProcess({ ofOlderJournal = false } = {}) {
  forgetAll(core);
  journalDirectory.abandon();
  await clock.pass(60_000);
  const { directory } = journalDirectory;
  const open = fileJournal({ directory, environment: "one" });
  const openOlder: OpenJournal = (key) => {
    const { restored, ...journal } = open(key)!;
    return { ...journal, restored: restored && { ...restored, startedAtMs: undefined } };
  };
  const instance = core.instanceOn(
    fakePlatform({ openJournal: ofOlderJournal ? openOlder : open }),
    {
      url: "http://gateway:9091",
      format: protobuf,
      transport: async ({ url, body }) => {
        pushed.push([url, body as Uint8Array]);
        return { status: 200, body: "" };
      },
    },
  )!;
  const orders = core.counter({ name: "orders_total", help: "Orders.", labelNames: ["plan"] });
  return {
    instance,
    /** Records an order, pushes, and reads when the series of orders started. */
    async order(plan: string) {
      orders.inc({ plan });
      const flushed = instance.pusher!.flusher.flush();
      await clock.pass(1_000);
      await flushed;
      const family = decodeFamilies(pushed.at(-1)![1]).find(({ name }) => name === "orders_total");
      return Object.fromEntries(
        family!.metric.map((each) => [each.label![0]!.value, startOf(each)]),
      );
    },
  };
}

it("a restored life keeps its start, and what comes after the restore starts then", async () => {
  const first = await startProcess();
  const beganMs = Date.now();
  expect(await first.order("pro")).toEqual({ pro: beganMs - EARLIER_MS });

  const second = await startProcess();
  const restoredMs = Date.now();
  expect(await second.order("pro")).toEqual({ pro: beganMs - EARLIER_MS });
  expect(await second.order("free")).toEqual({
    pro: beganMs - EARLIER_MS,
    free: restoredMs + 1_000 - EARLIER_MS,
  });
  expect(new Set(pushed.map(([group]) => group)).size).toBe(1);

  // In the next process, both are older than it is.
  const third = await startProcess();
  expect(await third.order("free")).toEqual({
    pro: beganMs - EARLIER_MS,
    free: beganMs - EARLIER_MS,
  });
});

it("a life that an older journal restores has no start: it would be a reset", async () => {
  const first = await startProcess();
  await first.order("pro");
  const second = await startProcess({ ofOlderJournal: true });
  const restoredMs = Date.now();
  expect(await second.order("pro")).toEqual({ pro: undefined });
  expect(await second.order("free")).toEqual({
    pro: undefined,
    free: restoredMs + 1_000 - EARLIER_MS,
  });
  expect(new Set(pushed.map(([group]) => group)).size).toBe(1);
  expect(second.instance.pusher!.restored).toBe(true);
});
