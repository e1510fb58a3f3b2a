import type { Trigger } from "@prefreeze/core/adapter";
import { shared } from "../../../core/test/internals.js";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { collectWarnings } from "../../../core/test/core.js";
import {
  acknowledged,
  LIFE,
  newJournalDirectory,
  type JournalDirectory,
  restoredTotal,
  totalsOf,
} from "./journal-directory.js";

let journalDirectory: JournalDirectory;

beforeEach(() => {
  journalDirectory = newJournalDirectory();
  shared("warned", new Set()).clear();
});

const ENTRIES = 1_024;

describe("an invocation", () => {
  it("has died if it began after the last write", () => {
    const journal = journalDirectory.open()!;
    journal.write(LIFE, totalsOf(0), false);
    journal.begin("http", true);
    expect(journalDirectory.reopen()!.restored!.died).toEqual([
      { trigger: "http", coldStart: true },
    ]);
  });

  it("has died if it was still running at the last write", () => {
    const journal = journalDirectory.open()!;
    journal.begin("timer", false);
    journal.write(LIFE, totalsOf(0), true);
    expect(journalDirectory.reopen()!.restored!.died).toEqual([
      { trigger: "timer", coldStart: false },
    ]);
  });

  it("has died if it ended but its outcome was not written", () => {
    const journal = journalDirectory.open()!;
    journal.write(LIFE, totalsOf(0), false);
    journal.end(journal.begin("pubsub", false));
    expect(journalDirectory.reopen()!.restored!.died).toEqual([
      { trigger: "pubsub", coldStart: false },
    ]);
  });

  it("has not died if its outcome was written", () => {
    const journal = journalDirectory.open()!;
    journal.end(journal.begin("http", true));
    journal.write(LIFE, totalsOf(1), false);
    expect(journalDirectory.reopen()!.restored!.died).toEqual([]);
  });

  it("has died or not regardless of concurrent ones, which are listed in the order in which they began", () => {
    const journal = journalDirectory.open()!;
    const triggers: Trigger[] = ["datasource", "http", "pubsub", "timer", "other"];
    const entries = triggers.map((trigger, i) => journal.begin(trigger, i === 0));
    journal.end(entries[1]!);
    journal.end(entries[3]!);
    journal.write(LIFE, totalsOf(2), true);
    journal.end(entries[4]!);
    journal.begin("http", false);
    expect(journalDirectory.reopen()!.restored!.died).toEqual([
      { trigger: "datasource", coldStart: true },
      { trigger: "pubsub", coldStart: false },
      { trigger: "other", coldStart: false },
      { trigger: "http", coldStart: false },
    ]);
  });

  it("is reported as died until a process has counted it and written that", () => {
    const journal = journalDirectory.open()!;
    journal.write(LIFE, totalsOf(0), false);
    journal.begin("http", true);
    const again = journalDirectory.reopen()!;
    expect(again.restored!.died).toHaveLength(1);
    // This process was killed, too, before it wrote, with an invocation of its own running.
    again.begin("timer", false);
    const third = journalDirectory.reopen()!;
    expect(third.restored!.died.map(({ trigger }) => trigger)).toEqual(["http", "timer"]);
    third.write(LIFE, totalsOf(2), false);
    expect(journalDirectory.reopen()!.restored!.died).toEqual([]);
  });

  it("has no entry if all are taken, and entries are free again once outcomes are written", () => {
    const journal = journalDirectory.open()!;
    const entries = Array.from({ length: ENTRIES }, () => journal.begin("http", false));
    const over = journal.begin("timer", false);
    expect(new Set(entries).size).toBe(ENTRIES);
    expect(over).toBe(0);
    journal.end(over);
    journal.end(entries[0]!);
    // The outcome is not written yet, so a crash must still find its entry.
    journal.end(journal.begin("timer", false));
    expect(journalDirectory.reopen()!.restored).toBeUndefined();

    const other = newJournalDirectory();
    const second = other.open()!;
    const all = Array.from({ length: ENTRIES }, () => second.begin("http", false));
    for (const entry of all.slice(0, 10)) second.end(entry);
    second.write(LIFE, totalsOf(10), false);
    for (let i = 0; i < 12; i++) second.begin("timer", false);
    const { died } = other.reopen()!.restored!;
    expect(died.filter(({ trigger }) => trigger === "http")).toHaveLength(ENTRIES - 10);
    expect(died.filter(({ trigger }) => trigger === "timer")).toHaveLength(10);
  });

  it("is counted once, as ended or as died, in any history", () => {
    collectWarnings();
    const step = fc.constantFrom(
      "begin",
      "begin",
      "end",
      "end",
      "write",
      "push",
      "acknowledge",
      "crash",
    );
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 80 }),
        fc.infiniteStream(fc.nat()),
        (steps, which) => {
          const journalDirectory = newJournalDirectory();
          let journal = journalDirectory.open()!;
          let sequence = 0;
          let begun = 0;
          // What the process has counted, which dies with it, and what is running.
          let ended = 0;
          let running: number[] = [];
          const write = (pushing: boolean) => {
            journal.write({ ...LIFE, sequence }, totalsOf(ended), pushing);
          };
          write(false);
          for (const step of [...steps, "crash"]) {
            if (step === "begin") {
              running.push(journal.begin("http", false));
              begun++;
            } else if (step === "end" && running.length > 0) {
              const [entry] = running.splice(which.next().value % running.length, 1);
              journal.end(entry!);
              ended++;
            } else if (step === "write") write(false);
            else if (step === "push") {
              sequence++;
              write(true);
            } else if (step === "acknowledge") journal.acknowledge(acknowledged(sequence, 1), true);
            else if (step === "crash") {
              journal = journalDirectory.reopen()!;
              running = [];
              ended = restoredTotal(journal.restored!)! + journal.restored!.died.length;
              expect(ended).toBe(begun);
              if (which.next().value % 3 > 0) write(false);
            }
          }
        },
      ),
      { numRuns: 120 },
    );
  });
});
