import { beforeEach, describe, expect, it, vi } from "vitest";
import { collectWarnings, type Core, freshCore, textOf, totalOf } from "./core.js";
import { descriptor, startInstance } from "./fake-platform.js";
import { garbage } from "./garbage.js";
import { gate } from "../../../test/gate.js";

let core: Core;

beforeEach(async () => {
  core = await freshCore();
});

function backlog() {
  return core.gauge({ name: "backlog_messages", help: "Waiting.", labelNames: ["queue"] });
}

describe("a gauge", () => {
  it("can be set, incremented and decremented", () => {
    const gauge = core.gauge({ name: "backlog_messages", help: "Waiting." });
    gauge.set(10);
    gauge.inc();
    gauge.inc(4);
    gauge.dec();
    gauge.dec(0.5);
    expect(totalOf(core, "backlog_messages")).toBe(13.5);
  });

  it("does the same with labels and through children", () => {
    const gauge = backlog();
    gauge.set({ queue: "a" }, 10);
    gauge.inc({ queue: "a" });
    const child = gauge.labels("a");
    child.dec(2);
    child.inc();
    gauge.labels({ queue: "b" }).set(-3);
    expect(totalOf(core, 'backlog_messages{queue="a"}')).toBe(10);
    expect(totalOf(core, 'backlog_messages{queue="b"}')).toBe(-3);
  });

  it("is removed with its labels, by name or position, and appears again when it is set", () => {
    const gauge = backlog();
    const child = gauge.labels("a");
    child.set(1);
    gauge.set({ queue: "b" }, 2);
    gauge.set({ queue: "c" }, 3);
    const { version, seriesCount, bytes } = core.catalog;
    gauge.remove("a");
    gauge.remove({ queue: "b" });
    gauge.remove("never seen");
    expect(textOf(core).match(/^backlog_messages.*$/gm)).toEqual(['backlog_messages{queue="c"} 3']);
    expect(core.catalog.version).toBe(version + 2);
    expect(core.catalog.seriesCount).toBe(seriesCount - 2);
    expect(core.catalog.bytes).toBeLessThan(bytes);
    child.inc();
    gauge.set({ queue: "b" }, 5);
    expect(totalOf(core, 'backlog_messages{queue="a"}')).toBe(1);
    expect(totalOf(core, 'backlog_messages{queue="b"}')).toBe(5);
    expect(core.catalog.bytes).toBe(bytes);
  });

  it("that is removed in the invocation that has set it does not appear", async () => {
    const gauge = backlog();
    const record = await core.recorded(() => {
      gauge.set({ queue: "a" }, 1);
      gauge.set({ queue: "b" }, 2);
      gauge.remove({ queue: "a" });
    });
    expect(record.series.map(({ labels }) => labels)).toEqual([{ queue: "b" }]);
  });

  it("without labels is removed without labels", () => {
    const gauge = core.gauge({ name: "backlog_messages", help: "Waiting." });
    gauge.set(1);
    gauge.remove();
    expect(textOf(core)).toBe("");
  });

  it("is not removed by labels that are not its own, which warns once", () => {
    const warnings = collectWarnings();
    const gauge = backlog() as unknown as {
      set(...a: unknown[]): void;
      remove(...a: unknown[]): void;
    };
    gauge.set({ queue: "undefined" }, 1);
    gauge.remove({});
    gauge.remove();
    gauge.remove(null);
    gauge.remove(
      new Proxy(
        {},
        {
          get: () => {
            throw new Error("no");
          },
        },
      ),
    );
    expect(totalOf(core, 'backlog_messages{queue="undefined"}')).toBe(1);
    expect(warnings).toEqual([
      'prefreeze: metric "backlog_messages": label "queue" is undefined; this recording is dropped',
      "prefreeze: recording failed: no",
    ]);
  });

  it("can be set to NaN and infinities", () => {
    const gauge = backlog();
    gauge.set({ queue: "nan" }, NaN);
    gauge.set({ queue: "most" }, Infinity);
    gauge.set({ queue: "least" }, -Infinity);
    expect(totalOf(core, 'backlog_messages{queue="nan"}')).toBeNaN();
    expect(totalOf(core, 'backlog_messages{queue="most"}')).toBe(Infinity);
    expect(totalOf(core, 'backlog_messages{queue="least"}')).toBe(-Infinity);
  });

  it("is set to the current time in seconds", () => {
    vi.useFakeTimers({ now: 1_700_000_000_250, toFake: ["Date"] });
    try {
      core.gauge({ name: "last_run_timestamp_seconds", help: "Last run." }).setToCurrentTime();
      const labelled = backlog();
      labelled.setToCurrentTime({ queue: "a" });
      labelled.labels("b").setToCurrentTime();
    } finally {
      vi.useRealTimers();
    }
    expect(totalOf(core, "last_run_timestamp_seconds")).toBe(1_700_000_000.25);
    expect(totalOf(core, 'backlog_messages{queue="a"}')).toBe(1_700_000_000.25);
    expect(totalOf(core, 'backlog_messages{queue="b"}')).toBe(1_700_000_000.25);
  });

  it.each(garbage)("drops %s given as its value, and never throws", (_, value) => {
    const warnings = collectWarnings();
    const gauge = backlog();
    gauge.set({ queue: "a" }, value as never);
    gauge.inc({ queue: "a" }, value as never);
    gauge.dec({ queue: "a" }, value as never);
    const child = gauge.labels("a");
    child.set(value as never);
    child.inc(value as never);
    child.dec(value as never);
    expect(totalOf(core, 'backlog_messages{queue="a"}')).toBeUndefined();
    expect(core.catalog.droppedRecordings).toBe(6);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('"backlog_messages"');
  });

  it.each([NaN, Infinity, -Infinity])("drops an increment or decrement by %d", (change) => {
    collectWarnings();
    const gauge = backlog();
    gauge.set({ queue: "a" }, 1);
    gauge.inc({ queue: "a" }, change);
    gauge.dec({ queue: "a" }, change);
    expect(totalOf(core, 'backlog_messages{queue="a"}')).toBe(1);
    expect(core.catalog.droppedRecordings).toBe(2);
  });

  it("drops a set without a value", () => {
    const warnings = collectWarnings();
    backlog().set({ queue: "a" }, undefined as never);
    expect(totalOf(core, 'backlog_messages{queue="a"}')).toBeUndefined();
    expect(warnings).toHaveLength(1);
  });
});

describe("a gauge in concurrent invocations", () => {
  /** Begins an invocation that runs `work` and ends when `end` is called. */
  function invoke(work: () => void): { end(): Promise<void> } {
    const instance = startInstance(core);
    const { opened, open } = gate();
    const ended = core.observe(
      instance,
      () => descriptor(),
      async () => {
        work();
        await opened;
      },
    );
    return {
      async end() {
        open();
        await ended;
      },
    };
  }

  beforeEach(() => {
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
  });

  it("adds up all increments and decrements", async () => {
    const gauge = core.gauge({ name: "open_connections", help: "Open.", aggregate: "sum" });
    const first = invoke(() => gauge.inc(5));
    const second = invoke(() => gauge.dec(2));
    const third = invoke(() => {
      gauge.inc();
      gauge.dec();
      gauge.inc(0.5);
    });
    await Promise.all([second.end(), first.end(), third.end()]);
    expect(totalOf(core, "open_connections")).toBe(3.5);
  });

  it("keeps the value set by the invocation that ends last, with the changes that it made since", async () => {
    const gauge = core.gauge({ name: "backlog_messages", help: "Waiting." });
    const first = invoke(() => gauge.set(100));
    const second = invoke(() => {
      gauge.set(7);
      gauge.inc();
    });
    await first.end();
    expect(totalOf(core, "backlog_messages")).toBe(100);
    await second.end();
    expect(totalOf(core, "backlog_messages")).toBe(8);
  });

  it("applies an increment to a value that another invocation set meanwhile", async () => {
    const gauge = core.gauge({ name: "backlog_messages", help: "Waiting." });
    const change = invoke(() => gauge.inc(3));
    const set = invoke(() => gauge.set(10));
    await set.end();
    await change.end();
    expect(totalOf(core, "backlog_messages")).toBe(13);
  });
});
