import { beforeEach, describe, expect, it, vi } from "vitest";
import { collectWarnings, type Core, freshCore, textOf, totalOf } from "./core.js";
import { garbage } from "./garbage.js";
import { gate } from "../../../test/gate.js";

let core: Core;

beforeEach(async () => {
  core = await freshCore();
});

function sizes() {
  return core.histogram({
    name: "size_bytes",
    help: "Sizes.",
    labelNames: ["kind", "zone"],
    buckets: [-1, 0, 10],
  });
}

function duration() {
  return core.histogram({ name: "work_seconds", help: "Work.", labelNames: ["kind"] });
}

describe("a histogram", () => {
  it("appears with no observations, and stays as it is if it has some", () => {
    const histogram = duration();
    histogram.zero({ kind: "a" });
    histogram.labels("b").zero();
    expect(totalOf(core, 'work_seconds_count{kind="a"}')).toBe(0);
    expect(totalOf(core, 'work_seconds_bucket{kind="b",le="+Inf"}')).toBe(0);
    histogram.observe({ kind: "a" }, 1);
    histogram.zero({ kind: "a" });
    expect(totalOf(core, 'work_seconds_sum{kind="a"}')).toBe(1);
  });

  it("counts each observation in every bucket whose bound is not below it", () => {
    const histogram = sizes();
    for (const value of [-2, -1, -0.5, 0, 0.5, 10, 10.000001, 1e300]) {
      histogram.observe({ kind: "a", zone: "b" }, value);
    }
    const of = (suffix: string, le = "") =>
      totalOf(core, `size_bytes_${suffix}{kind="a",zone="b"${le && `,le="${le}"`}}`);
    expect(of("bucket", "-1")).toBe(2);
    expect(of("bucket", "0")).toBe(4);
    expect(of("bucket", "10")).toBe(6);
    expect(of("bucket", "+Inf")).toBe(8);
    expect(of("count")).toBe(8);
    expect(of("sum")).toBe(-2 - 1 - 0.5 + 0 + 0.5 + 10 + 10.000001 + 1e300);
  });

  it("has the default buckets of other client libraries", () => {
    core.histogram({ name: "work_seconds", help: "Work." }).observe(1);
    const bounds = [...textOf(core).matchAll(/le="([^"]+)"/g)].map(([, bound]) => bound);
    expect(bounds.join(" ")).toBe("0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 5 10 +Inf");
  });

  it("has the default buckets if the option is undefined", () => {
    core.histogram({ name: "work_seconds", help: "Work.", buckets: undefined as never }).observe(1);
    expect(totalOf(core, 'work_seconds_bucket{le="2.5"}')).toBe(1);
  });

  it.each(garbage)("drops %s given as its value, and never throws", (_, value) => {
    const warnings = collectWarnings();
    const histogram = duration();
    histogram.observe({ kind: "a" }, value as never);
    histogram.labels("a").observe(value as never);
    expect(totalOf(core, 'work_seconds_count{kind="a"}')).toBeUndefined();
    expect(core.catalog.droppedRecordings).toBe(2);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('"work_seconds"');
  });

  it.each([NaN, Infinity, -Infinity, undefined])("drops %s", (value) => {
    collectWarnings();
    duration().observe({ kind: "a" }, value as never);
    expect(totalOf(core, 'work_seconds_count{kind="a"}')).toBeUndefined();
    expect(core.catalog.droppedRecordings).toBe(1);
  });
});

describe("a timer", () => {
  it("observes and returns the seconds since its start", () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    try {
      const stop = duration().startTimer({ kind: "a" });
      vi.advanceTimersByTime(1_500);
      expect(stop()).toBe(1.5);
    } finally {
      vi.useRealTimers();
    }
    expect(totalOf(core, 'work_seconds_sum{kind="a"}')).toBe(1.5);
  });

  it("takes labels at its start, at its end, or some at each", () => {
    const histogram = sizes();
    histogram.startTimer({ kind: "start", zone: "z" })();
    histogram.startTimer()({ kind: "end", zone: "z" });
    histogram.startTimer({ kind: "both" })({ zone: "z" });
    core.histogram({ name: "plain_seconds", help: "No labels." }).startTimer()();
    for (const kind of ["start", "end", "both"]) {
      expect(totalOf(core, `size_bytes_count{kind="${kind}",zone="z"}`)).toBe(1);
    }
    expect(totalOf(core, "plain_seconds_count")).toBe(1);
  });

  it("observes again each time it is stopped", () => {
    const stop = duration().startTimer({ kind: "a" });
    stop();
    stop();
    expect(totalOf(core, 'work_seconds_count{kind="a"}')).toBe(2);
  });

  it("can be started from a child", () => {
    expect(duration().labels("a").startTimer()()).toBeGreaterThanOrEqual(0);
    expect(totalOf(core, 'work_seconds_count{kind="a"}')).toBe(1);
  });

  it("returns the seconds even if labels are missing, and drops the observation", () => {
    const warnings = collectWarnings();
    const stop = sizes().startTimer({ kind: "a" }) as () => number;
    expect(stop()).toBeGreaterThanOrEqual(0);
    expect(core.catalog.droppedRecordings).toBe(1);
    expect(warnings[0]).toContain('metric "size_bytes": label "zone"');
  });

  it.each(garbage)("never throws if %s is given", (_, value) => {
    collectWarnings();
    const stop = sizes().startTimer(value as never) as (missing?: unknown) => number;
    expect(stop(value)).toBeGreaterThanOrEqual(0);
    expect(stop()).toBeGreaterThanOrEqual(0);
    expect(core.catalog.droppedRecordings).toBe(2);
  });
});

describe("time()", () => {
  const count = () => totalOf(core, 'work_seconds_count{kind="a"}');

  it("returns the result of the work and observes its duration", () => {
    const result = { ok: true };
    expect(duration().time({ kind: "a" }, () => result)).toBe(result);
    expect(
      duration()
        .labels("a")
        .time(() => result),
    ).toBe(result);
    expect(core.histogram({ name: "plain_seconds", help: "No labels." }).time(() => result)).toBe(
      result,
    );
    expect(count()).toBe(2);
    expect(totalOf(core, "plain_seconds_count")).toBe(1);
  });

  it("rethrows an error of the work and observes the duration", () => {
    const error = new Error("broken");
    const work = () => {
      throw error;
    };
    expect(() => duration().time({ kind: "a" }, work)).toThrow(error);
    expect(count()).toBe(1);
  });

  it("returns the same promise and observes when it has settled", async () => {
    const { opened, open } = gate();
    const promise = opened.then(() => 5);
    expect(duration().time({ kind: "a" }, () => promise)).toBe(promise);
    expect(count()).toBeUndefined();
    open();
    await expect(promise).resolves.toBe(5);
    expect(count()).toBe(1);
  });

  it("leaves handling a rejection to the caller", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    try {
      const error = new Error("broken");
      await expect(duration().time({ kind: "a" }, () => Promise.reject(error))).rejects.toBe(error);
      expect(count()).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      expect(unhandled).not.toHaveBeenCalled();
    } finally {
      process.off("unhandledRejection", unhandled);
    }
  });

  it("starts a lazy thenable once", async () => {
    let started = 0;
    const query = {
      then(resolve: (rows: number) => void) {
        started += 1;
        resolve(7);
      },
    };
    expect(await duration().time({ kind: "a" }, () => query as PromiseLike<number>)).toBe(7);
    expect(started).toBe(1);
    expect(count()).toBe(1);
  });

  it("passes on a rejection of a lazy thenable", async () => {
    const error = new Error("no rows");
    const query = {
      then(_: unknown, reject: (error: Error) => void) {
        reject(error);
      },
    };
    await expect(duration().time({ kind: "a" }, () => query as PromiseLike<never>)).rejects.toBe(
      error,
    );
    expect(count()).toBe(1);
  });

  it("returns a result whose `then` cannot be read", () => {
    const result = {
      get then(): never {
        throw new Error("no looking");
      },
    };
    expect(duration().time({ kind: "a" }, () => result)).toBe(result);
    expect(count()).toBe(1);
  });

  it.each(garbage)("runs the work even if %s is given for labels", (_, labels) => {
    collectWarnings();
    const time = duration().time as (labels: unknown, work: () => number) => number;
    expect(time(labels, () => 5)).toBe(5);
    expect(core.catalog.droppedRecordings).toBe(1);
  });
});
