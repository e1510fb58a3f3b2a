import fs from "node:fs";
import * as users from "@prefreeze/core";
import * as adapters from "@prefreeze/core/adapter";
import { fileJournal } from "@prefreeze/node";
import fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { collectWarnings, forgetAll, textOf } from "../../../core/test/core.js";
import { descriptor, fakePlatform } from "../../../core/test/fake-platform.js";
import * as internals from "../../../core/test/internals.js";
import {
  LIFE,
  newJournalDirectory,
  type JournalDirectory,
  putParts,
  readParts,
} from "./journal-directory.js";

const core = { ...users, ...adapters, ...internals };
const { catalog } = core;

let journalDirectory: JournalDirectory;

beforeEach(() => {
  journalDirectory = newJournalDirectory();
  collectWarnings();
  forgetAll(core);
});

describe("an instance with a journal", () => {
  const start = (transport: users.Transport, series: number) => {
    const openJournal = fileJournal({ directory: journalDirectory.directory, environment: "one" });
    const instance = core.instanceOn(fakePlatform({ openJournal, transport }), {
      url: "http://gateway:9091",
      maxSeries: 20_000,
    })!;
    const orders = core.counter({ name: "orders_total", help: "Orders.", labelNames: ["n"] });
    for (let n = 0; n < series; n++) orders.inc({ n });
    const observe = (n: number) =>
      core.observe(
        instance,
        () => descriptor({ key: {} }),
        async () => orders.inc({ n }),
      );
    return observe;
  };

  it("writes what an invocation changed, however many series there are", async () => {
    const bytesPerInvocation: number[] = [];
    for (const series of [10, 10_000]) {
      forgetAll(core);
      journalDirectory = newJournalDirectory();
      const invoke = start(async () => ({ status: 200, body: "" }), series);
      // The log begins again once it has all series.
      for (let i = 0; i < 2; i++) await invoke(i);
      let bytes = 0;
      const { writeSync } = fs;
      const spy = vi
        .spyOn(fs, "writeSync")
        .mockImplementation((...args: Parameters<typeof writeSync>) => {
          bytes += Number(args[3]);
          return writeSync(...args);
        });
      for (let i = 0; i < 5; i++) await invoke(i);
      spy.mockRestore();
      bytesPerInvocation.push(bytes / 5);
    }
    expect(bytesPerInvocation[1]).toBeLessThan(4_000);
    expect(bytesPerInvocation[1]).toBeLessThan(bytesPerInvocation[0]! * 1.1);
  });

  it("encodes nothing for a journal that is abandoned, and explain() says why it is", async () => {
    const invoke = start(() => new Promise(() => undefined), 10);
    void invoke(1);
    await vi.waitFor(() => {
      expect(JSON.parse(core.explain())).toMatchObject({ journal: true, sequence: 1 });
    });
    fs.rmSync(journalDirectory.path);
    void invoke(1);
    await vi.waitFor(() => {
      expect(JSON.parse(core.explain())).toMatchObject({ journal: "it was removed" });
    });
    // The push in flight never ends, so nobody needs the text of what follows.
    void invoke(2);
    await vi.waitFor(() => {
      expect([...catalog.metrics.get("orders_total")!.series.values()][2]!.total!.value).toBe(2);
    });
    const [, , third] = catalog.metrics.get("orders_total")!.series.values();
    expect(third!.text).toBeUndefined();
  });
});

const step = fc.oneof(
  fc.record({ what: fc.constant("inc" as const), n: fc.nat(5), by: fc.nat(99) }),
  fc.record({ what: fc.constant("inc" as const), n: fc.nat(5), by: fc.nat(99) }),
  fc.record({ what: fc.constant("observe" as const), n: fc.nat(2), by: fc.nat(9) }),
  fc.record({ what: fc.constant("set" as const), n: fc.nat(2), by: fc.nat(9) }),
  fc.record({ what: fc.constantFrom("write" as const, "push" as const, "die" as const) }),
);

describe("the totals that a process wrote", () => {
  it("are restored as they were at one of its writes, wherever it is killed in the next one", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 3, maxLength: 30 }), (steps) => {
        forgetAll(core);
        fs.rmSync(journalDirectory.path, { force: true });
        let journal = journalDirectory.open()!;
        let life = LIFE;
        const states = [{ file: readParts(journalDirectory.path), restored: "" }];
        const write = (pushing: boolean) => {
          life = { ...life, sequence: life.sequence + Number(pushing) };
          const totals = { changed: core.changesInTextFormat, all: () => textOf(core) };
          journal.write(life, totals, pushing);
          states.push({ file: readParts(journalDirectory.path), restored: withoutGauges() });
          if (!pushing) return;
          life = {
            ...life,
            acknowledged: { totals: textOf(core), sequence: life.sequence, atMs: 1 },
          };
          journal.acknowledge(life, true);
        };
        for (const { what, ...options } of steps) {
          const { n, by } = { n: 0, by: 0, ...options };
          if (what === "inc") metrics().counted.inc({ n: `"${n}\n` }, by);
          else if (what === "observe") metrics().timed.observe({ n }, by);
          else if (what === "set") metrics().now.set({ n }, by);
          else if (what === "die") {
            write(false);
            journal = journalDirectory.reopen()!;
            forgetAll(core);
            journal.restored!.addTotals();
          } else write(what === "push");
        }
        write(false);
        journal.remove();
        const [before, after] = states.slice(-2);
        const either = [before!.restored, after!.restored];
        let from = 0;
        while (before!.file[from] === after!.file[from]) from++;
        let to = after!.file.length;
        while (before!.file[to - 1] === after!.file[to - 1]) to--;
        for (let end = from; end <= to; end += 1 + Math.floor((to - from) / 20)) {
          const file = Buffer.from(before!.file);
          after!.file.copy(file, 0, 0, end);
          putParts(journalDirectory.path, file);
          forgetAll(core);
          const killed = journalDirectory.open()!;
          killed.restored?.addTotals();
          killed.remove();
          expect(either).toContain(textOf(core));
        }
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});

function metrics() {
  const labelNames = ["n"] as const;
  return {
    counted: core.counter({ name: "counted_total", help: "A\nB # EOF", labelNames }),
    timed: core.histogram({ name: "timed_seconds", help: "T.", labelNames, buckets: [1, 5] }),
    now: core.gauge({ name: "now", help: "N.", labelNames }),
  };
}

function withoutGauges(): string {
  const restorable = [...catalog.metrics.values()].filter(({ type }) => type !== "gauge");
  return core.textFormat(restorable.sort((a, b) => (a.name < b.name ? -1 : 1)));
}
