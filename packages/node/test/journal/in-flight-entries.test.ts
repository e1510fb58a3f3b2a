import type { RestoredLife, Trigger } from "@prefreeze/core/adapter";
import { catalog, shared } from "../../../core/test/internals.js";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { collectWarnings } from "../../../core/test/core.js";
import { LIFE, newPlace, type Place, totalsOf } from "./place.js";

let place: Place;

beforeEach(() => {
  place = newPlace();
  shared({ warned: new Set() }).warned.clear();
});

const PLACES = 1_024;

describe("an invocation", () => {
  it("has died that began after the last write", () => {
    const journal = place.open()!;
    journal.write(LIFE, totalsOf(0), false);
    journal.begin("http", true);
    expect(place.reopen()!.restored!.died).toEqual([{ trigger: "http", coldStart: true }]);
  });

  it("has died that began before the last write and was still running at it", () => {
    const journal = place.open()!;
    journal.begin("timer", false);
    journal.write(LIFE, totalsOf(0), true);
    expect(place.reopen()!.restored!.died).toEqual([{ trigger: "timer", coldStart: false }]);
  });

  it("has died that ended where its outcome was not written", () => {
    const journal = place.open()!;
    journal.write(LIFE, totalsOf(0), false);
    journal.end(journal.begin("pubsub", false));
    expect(place.reopen()!.restored!.died).toEqual([{ trigger: "pubsub", coldStart: false }]);
  });

  it("has not died whose outcome was written", () => {
    const journal = place.open()!;
    journal.end(journal.begin("http", true));
    journal.write(LIFE, totalsOf(1), false);
    expect(place.reopen()!.restored!.died).toEqual([]);
  });

  it("has died or not whatever others at the same time did, in the order of their begins", () => {
    const journal = place.open()!;
    const triggers: Trigger[] = ["datasource", "http", "pubsub", "timer", "other"];
    const marks = triggers.map((trigger, i) => journal.begin(trigger, i === 0));
    journal.end(marks[1]!);
    journal.end(marks[3]!);
    journal.write(LIFE, totalsOf(2), true);
    journal.end(marks[4]!);
    journal.begin("http", false);
    expect(place.reopen()!.restored!.died).toEqual([
      { trigger: "datasource", coldStart: true },
      { trigger: "pubsub", coldStart: false },
      { trigger: "other", coldStart: false },
      { trigger: "http", coldStart: false },
    ]);
  });

  it("has died once: when the next process has counted and written it, it is known", () => {
    const journal = place.open()!;
    journal.write(LIFE, totalsOf(0), false);
    journal.begin("http", true);
    const again = place.reopen()!;
    expect(again.restored!.died).toHaveLength(1);
    // It was killed, too, before it wrote, with one of its own running.
    again.begin("timer", false);
    const third = place.reopen()!;
    expect(third.restored!.died.map(({ trigger }) => trigger)).toEqual(["http", "timer"]);
    third.write(LIFE, totalsOf(2), false);
    expect(place.reopen()!.restored!.died).toEqual([]);
  });

  it("goes unmarked where all places are taken, and has one again when others are written", () => {
    const journal = place.open()!;
    const marks = Array.from({ length: PLACES }, () => journal.begin("http", false));
    const over = journal.begin("timer", false);
    expect(new Set(marks).size).toBe(PLACES);
    journal.end(over);
    journal.end(marks[0]!);
    // Not written yet: a crash now has to find it.
    journal.end(journal.begin("timer", false));
    expect(place.reopen()!.restored).toBeUndefined();

    const other = newPlace();
    const second = other.open()!;
    const all = Array.from({ length: PLACES }, () => second.begin("http", false));
    for (const mark of all.slice(0, 10)) second.end(mark);
    second.write(LIFE, totalsOf(10), false);
    for (let i = 0; i < 12; i++) second.begin("timer", false);
    const { died } = other.reopen()!.restored!;
    expect(died.filter(({ trigger }) => trigger === "http")).toHaveLength(PLACES - 10);
    expect(died.filter(({ trigger }) => trigger === "timer")).toHaveLength(10);
  });

  it("is counted once, as ended or as died, in any history", () => {
    collectWarnings();
    const step = fc.constantFrom("begin", "begin", "end", "end", "write", "push", "land", "crash");
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 80 }),
        fc.infiniteStream(fc.nat()),
        (steps, which) => {
          const place = newPlace();
          let journal = place.open()!;
          let sequence = 0;
          let begun = 0;
          // What the process has, which dies with it, and what was written of that.
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
              const [mark] = running.splice(which.next().value % running.length, 1);
              journal.end(mark!);
              ended++;
            } else if (step === "write") write(false);
            else if (step === "push") {
              sequence++;
              write(true);
            } else if (step === "land") journal.acknowledge(sequence, 1);
            else if (step === "crash") {
              journal = place.reopen()!;
              running = [];
              ended = totalOf(journal.restored!) + journal.restored!.died.length;
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

/** What the counter is restored to in a process that has nothing of its own. */
function totalOf(restored: RestoredLife): number {
  catalog.metrics.clear();
  restored.addTotals();
  const [series] = catalog.metrics.get("orders_total")!.series.values();
  return series!.total!.value;
}
