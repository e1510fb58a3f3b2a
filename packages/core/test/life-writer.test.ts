import { beforeEach, expect, it, onTestFinished, vi } from "vitest";
import type { Journal } from "../src/adapter.js";
import { collectWarnings, type Core, freshCore } from "./core.js";
import { descriptor, startInstance } from "./fake-platform.js";
import { startReceiver } from "./receiver.js";

let core: Core;

beforeEach(async () => {
  collectWarnings();
  core = await freshCore();
});

/** A journal that notes in which order it is used. */
function notingJournal() {
  const uses: string[] = [];
  const journal = {
    restored: undefined,
    lifeWriter: core.createLifeWriter,
    abandoned: undefined as string | undefined,
    begin: () => uses.push("begin"),
    end: () => undefined,
    write(_, { changed, all }, pushing) {
      if (changed() === undefined) all();
      uses.push(pushing ? "push" : "write");
    },
    acknowledge: () => undefined,
    remove: () => undefined,
  } satisfies Journal;
  return { uses, journal };
}

async function started(journal: Journal) {
  const { url } = await startReceiver();
  const instance = startInstance(core, { url }, { openJournal: () => journal });
  const orders = core.counter({ name: "orders_total", help: "Orders.", labelNames: ["plan"] });
  const invoke = () =>
    core.observe(
      instance,
      () => descriptor(),
      async () => orders.inc({ plan: "pro" }),
    );
  return { instance, invoke };
}

it("an in-flight entry follows the life that it belongs to", async () => {
  const { uses, journal } = notingJournal();
  const { invoke } = await started(journal);
  await invoke();
  await invoke();
  expect(uses.slice(0, 3)).toEqual(["write", "begin", "push"]);
  expect(uses.filter((use) => use === "begin")).toHaveLength(2);
});

it("what has changed is listed for a journal that is written, and for no one once it is abandoned", async () => {
  const { uses, journal } = notingJournal();
  const { invoke } = await started(journal);
  await invoke();
  expect(core.catalog.changed).toBeDefined();
  journal.abandoned = "the disk is full";
  const before = uses.length;
  await invoke();
  expect(core.catalog.changed).toBeUndefined();
  expect(uses.slice(before)).not.toContain("push");
});

it("a process that was restored from a memory snapshot leaves the journal to the one that opened it", async () => {
  const { uses, journal } = notingJournal();
  const { instance, invoke } = await started(journal);
  await invoke();
  const before = uses.length;
  const later = performance.timeOrigin + 1;
  const origin = vi.spyOn(performance, "timeOrigin", "get").mockReturnValue(later);
  onTestFinished(() => origin.mockRestore());
  await invoke();
  instance.pusher!.persist();
  expect(uses).toHaveLength(before);
});
