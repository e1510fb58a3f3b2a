import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Instance, Observation, InvocationDescriptor } from "../src/adapter.js";
import { collectWarnings, type Core, freshCore, textOf, totalOf, valueIn } from "./core.js";
import { descriptor, startInstance } from "./fake-platform.js";
import { gate } from "../../../test/gate.js";
import { garbage } from "./garbage.js";
import { type Receiver, startReceiver } from "./receiver.js";

let core: Core;
let server: Receiver;
let instance: Instance;

beforeEach(async () => {
  core = await freshCore();
  server = await startReceiver();
  instance = startInstance(core, { url: server.url });
});

afterEach(async () => {
  // Waits for pushes that a test left in flight.
  await instance.pusher?.flusher.flush();
});

const observe = <R>(handler: () => R, differences: Partial<InvocationDescriptor> = {}): R =>
  core.observe(instance, () => descriptor(differences), handler);

const succeeded = () => totalOf(core, 'faas_invocations_total{faas_trigger="http"}');
const failed = (type: string) =>
  totalOf(core, `faas_errors_total{faas_trigger="http",error_type="${type}"}`);

describe("an observed handler", () => {
  it("resolves with the same result, after the push", async () => {
    const result = { ok: true };
    expect(await observe(async () => result)).toBe(result);
    expect(server.received).toHaveLength(1);
    expect(
      valueIn(server.received[0]!.body.toString(), 'faas_invocations_total{faas_trigger="http"}'),
    ).toBe(1);
  });

  it.each([[undefined], [null], [0], [""], [Symbol("result")], [() => 5]])(
    "resolves with %s",
    async (result) => {
      expect(await observe(async () => result)).toBe(result);
    },
  );

  it("rejects with the same error, after the push", async () => {
    const error = new RangeError("broken");
    await expect(observe(() => Promise.reject(error))).rejects.toBe(error);
    expect(server.received).toHaveLength(1);
    expect(failed("RangeError")).toBe(1);
    expect(succeeded()).toBe(0);
  });

  it("returns a result that is not a promise at once, and pushes in the background", async () => {
    const result = { statusCode: 200 };
    expect(observe(() => result)).toBe(result);
    expect(succeeded()).toBe(1);
    await expect.poll(() => server.received.length).toBe(1);
  });

  it("throws at once if the platform itself waits for the push", () => {
    const error = new Error("broken");
    const handler = () => {
      throw error;
    };
    expect(() => observe(handler, { keepAlive: () => undefined })).toThrow(error);
    expect(failed("Error")).toBe(1);
  });

  it("rejects after the push if the caller waits for it", async () => {
    const error = new Error("broken");
    const ended = observe((): Promise<void> => {
      throw error;
    });
    await expect(ended).rejects.toBe(error);
    expect(server.received).toHaveLength(1);
  });

  it("resolves before the push if the platform itself waits for it", async () => {
    let flushed: Promise<void> | undefined;
    await observe(async () => 1, {
      keepAlive(flush) {
        flushed = flush();
        return undefined;
      },
    });
    expect(flushed).toBeInstanceOf(Promise);
    await flushed;
    expect(server.received).toHaveLength(1);
  });

  it("reports to the platform whether it threw", async () => {
    const keepAlive = vi.fn((flush: () => Promise<void>) => flush());
    await observe(async () => 1, { keepAlive });
    await expect(
      observe(async () => Promise.reject(new Error("broken")), { keepAlive }),
    ).rejects.toThrow();
    expect(keepAlive.mock.calls.map((call) => (call as unknown[])[1])).toEqual([false, true]);
  });

  it.each([
    [
      "whose then() returns nothing",
      (resolve: (value: number) => void) => {
        resolve(7);
      },
    ],
    [
      "that is slow",
      (resolve: (value: number) => void) => {
        setTimeout(resolve, 5, 7);
      },
    ],
  ])("keeps the result of a thenable %s, and starts it once", async (_, start) => {
    const then = vi.fn(start);
    const thenable = { then } as unknown as PromiseLike<number>;
    expect(await observe(() => thenable)).toBe(7);
    expect(then).toHaveBeenCalledTimes(1);
    expect(succeeded()).toBe(1);
  });

  it("keeps the error of a thenable that throws", async () => {
    const error = new Error("broken");
    const thenable = {
      then() {
        throw error;
      },
    } as unknown as PromiseLike<number>;
    await expect((async () => observe(() => thenable))()).rejects.toBe(error);
    expect(failed("Error")).toBe(1);
  });

  it("returns a result that throws on every access", () => {
    const result = garbage.find(([description]) => description.includes("every access"))![1];
    expect(observe(() => result)).toBe(result);
    expect(succeeded()).toBe(1);
  });

  it("that returned no promise has ended when completion() resolves", async () => {
    const { opened, open } = gate();
    expect(observe(() => "sent later", { completion: () => opened })).toBe("sent later");
    expect(succeeded()).toBeUndefined();
    open();
    await expect.poll(succeeded).toBe(1);
  });

  it("that returned a promise ends, and resolves, when completion() resolves", async () => {
    const { opened, open } = gate();
    const ended = observe(async () => "streamed", { completion: () => opened });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(succeeded()).toBeUndefined();
    open();
    expect(await ended).toBe("streamed");
    expect(succeeded()).toBe(1);
    expect(totalOf(core, 'faas_invoke_duration_seconds_sum{faas_trigger="http"}')).toBeGreaterThan(
      0.015,
    );
  });

  it("that returned a promise keeps its result, but has failed, if completion() rejects", async () => {
    const completion = () => Promise.reject(new RangeError("cut"));
    expect(await observe(async () => "streamed", { completion })).toBe("streamed");
    expect(failed("RangeError")).toBe(1);
  });

  it.each([
    ["a promise", async () => "original"],
    ["no promise", () => "original"],
  ])("that returned %s gives its caller what passOn() returns", async (_, handler) => {
    const seen: unknown[] = [];
    const passOn = (result: unknown) => `${String(result)}, passed on`;
    const failureIn = (result: unknown) => void seen.push(result);
    const result = observe<unknown>(handler, { passOn, failureIn });
    expect(await result).toBe("original, passed on");
    expect(seen).toEqual(["original"]);
    expect(await observe<unknown>(handler, { passOn: () => undefined })).toBe("original");
  });

  it("can push what it has recorded so far, while it goes on", async () => {
    const orders = core.counter({ name: "orders_total", help: "Orders." });
    const { opened, open } = gate();
    let soFar: Observation["soFar"] | undefined;
    const started = (observation: Observation) => {
      soFar = (push) => observation.soFar(push);
    };
    observe(() => orders.inc(), { started, detached: true, completion: () => opened });
    expect(totalOf(core, "orders_total")).toBeUndefined();
    expect(soFar!(false)).toBeUndefined();
    expect(totalOf(core, "orders_total")).toBe(1);
    expect(server.received).toHaveLength(0);
    await soFar!(true);
    expect(server.received).toHaveLength(1);
    expect(succeeded()).toBeUndefined();
    open();
    await expect.poll(succeeded).toBe(1);
    expect(soFar!(true)).toBeUndefined();
  });

  it("can end before its return, and the first end counts", async () => {
    let end: Observation | undefined;
    const result = observe(
      async () => {
        await end?.threw(new RangeError("by callback"));
        expect(server.received).toHaveLength(1);
        return "by return";
      },
      { started: (observation) => (end = observation) },
    );
    expect(await result).toBe("by return");
    expect(failed("RangeError")).toBe(1);
    expect(succeeded()).toBe(0);
  });

  it("pushes what the platform collects about it", async () => {
    const seen = core.builtIn("counter", "prefreeze_test_total", "Test.");
    await observe(async () => 7, {
      collect({ recordings }, result) {
        core.cellIn(recordings, core.seriesOf(seen, {})!).value += result as number;
      },
    });
    expect(totalOf(core, "prefreeze_test_total")).toBe(7);
    expect(valueIn(server.received[0]!.body.toString(), "prefreeze_test_total")).toBe(7);
  });

  it("that returned no promise has failed if completion() rejects", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    try {
      observe(() => 1, { completion: () => Promise.reject(new Error("no end")) });
      await expect.poll(() => failed("Error")).toBe(1);
      expect(unhandled).not.toHaveBeenCalled();
    } finally {
      process.off("unhandledRejection", unhandled);
    }
  });

  it("is timed", async () => {
    await observe(() => new Promise((resolve) => setTimeout(resolve, 30)));
    const seconds = totalOf(core, 'faas_invoke_duration_seconds_sum{faas_trigger="http"}');
    expect(seconds).toBeGreaterThan(0.025);
    expect(seconds).toBeLessThan(5);
    expect(totalOf(core, 'faas_invoke_duration_seconds_count{faas_trigger="http"}')).toBe(1);
  });

  it("does not push recordings made after its end, and the next push carries all of them", async () => {
    const hits = core.counter({ name: "hits_total", help: "Hits." });
    const { opened, open } = gate();
    let late: Promise<void> | undefined;
    await observe(async () => {
      hits.inc();
      late = opened.then(() => hits.inc(10));
    });
    open();
    await late;
    expect(totalOf(core, "hits_total")).toBe(11);
    await observe(async () => undefined);
    expect(server.received.map(({ body }) => valueIn(body.toString(), "hits_total"))).toEqual([
      1, 11,
    ]);
  });
});

describe("the outcome of an invocation", () => {
  const partition = () =>
    ["faas_invocations_total", "faas_errors_total", "faas_timeouts_total"].map((name) =>
      textOf(core)
        .split("\n")
        .filter((line) => line.startsWith(`${name}{`))
        .reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0),
    );

  it("is what failureIn() says about the result", async () => {
    const failureIn = (result: unknown) => (result === 503 ? "503" : undefined);
    expect(await observe(async () => 503, { failureIn })).toBe(503);
    expect(await observe(async () => 200, { failureIn })).toBe(200);
    expect(failed("503")).toBe(1);
    expect(partition()).toEqual([1, 1, 0]);
  });

  it("is success if failureIn() throws", async () => {
    collectWarnings();
    const failureIn = () => {
      throw new Error("faulty");
    };
    expect(await observe(async () => 1, { failureIn })).toBe(1);
    expect(partition()).toEqual([1, 0, 0]);
  });

  it("is success if what was thrown is an answer, which comes through", async () => {
    const redirect = { status: 303 };
    const isAnswer = (thrown: unknown) => thrown === redirect;
    await expect(observe(() => Promise.reject(redirect as never), { isAnswer })).rejects.toBe(
      redirect,
    );
    await expect(
      observe(() => Promise.reject(new RangeError("broken")), { isAnswer }),
    ).rejects.toThrow("broken");
    expect(partition()).toEqual([1, 1, 0]);
    expect(failed("RangeError")).toBe(1);
  });

  it("is no end if isInterruption() says so: nothing is counted, and another call goes on", async () => {
    const orders = core.counter({ name: "orders_total", help: "h" });
    const paused = new Error("paused");
    const isInterruption = (thrown: unknown) => thrown === paused;
    const handler = (ends: boolean) => async () => {
      orders.inc();
      if (!ends) throw paused;
    };
    await expect(observe(handler(false), { isInterruption })).rejects.toBe(paused);
    expect(server.received).toHaveLength(0);
    await observe(handler(true), { isInterruption });
    expect([succeeded(), failed("Error")]).toEqual([1, undefined]);
    expect(totalOf(core, "orders_total")).toBe(1);
    expect(totalOf(core, 'faas_coldstarts_total{faas_trigger="http"}')).toBe(1);
  });

  it("is failure if isAnswer() throws", async () => {
    collectWarnings();
    const isAnswer = () => {
      throw new Error("faulty");
    };
    const error = new RangeError("broken");
    await expect(observe(() => Promise.reject(error), { isAnswer })).rejects.toBe(error);
    expect(failed("RangeError")).toBe(1);
  });

  it("has three counters, all exported from the first invocation of a trigger, at 0 if not counted", async () => {
    await observe(async () => 1);
    expect(succeeded()).toBe(1);
    expect(failed("")).toBe(0);
    expect(totalOf(core, 'faas_timeouts_total{faas_trigger="http"}')).toBe(0);
    await expect(
      observe(async () => Promise.reject(new Error("broken")), { trigger: "timer" }),
    ).rejects.toThrow();
    expect(totalOf(core, 'faas_invocations_total{faas_trigger="timer"}')).toBe(0);
    expect(totalOf(core, 'faas_errors_total{faas_trigger="timer",error_type=""}')).toBe(0);
    expect(totalOf(core, 'faas_errors_total{faas_trigger="timer",error_type="Error"}')).toBe(1);
    expect(totalOf(core, 'faas_timeouts_total{faas_trigger="timer"}')).toBe(0);
  });

  it("is exactly one for each of many invocations", async () => {
    const all = Array.from({ length: 60 }, (_, i) =>
      observe(async () => {
        await Promise.resolve();
        if (i % 3 === 0) throw new Error("broken");
      }).catch(() => undefined),
    );
    await Promise.all(all);
    expect(partition()).toEqual([40, 20, 0]);
    expect(totalOf(core, 'faas_invoke_duration_seconds_count{faas_trigger="http"}')).toBe(60);
  });

  it("is settled once: the first outcome stays", async () => {
    const observation = core.beginObservation(instance, () => descriptor())!;
    await observation.threw(new TypeError("first"));
    await observation.returned("second");
    await observation.threw(new RangeError("third"));
    expect(partition()).toEqual([0, 1, 0]);
    expect(failed("TypeError")).toBe(1);
    expect(server.received).toHaveLength(1);
  });

  it("names the class of a thrown error, never its message", async () => {
    class PaymentError extends Error {
      override name = "PaymentError";
    }
    const thrown: [unknown, string][] = [
      [new PaymentError("card 4242"), "PaymentError"],
      ["secret text", "string"],
      [undefined, "undefined"],
      [null, "object"],
      [Symbol("s"), "symbol"],
      [{ name: "has spaces and secrets" }, "object"],
      [{ name: "x".repeat(65) }, "object"],
      [garbage.find(([description]) => description.includes("every access"))![1], "object"],
    ];
    for (const [error] of thrown)
      await observe(() => Promise.reject(error as Error)).catch(() => undefined);
    for (const [, type] of thrown) expect(failed(type)).toBeGreaterThanOrEqual(1);
    expect(textOf(core)).not.toMatch(/4242|secret/);
    expect(partition()).toEqual([0, thrown.length, 0]);
  });

  it("has at most 20 error types, and _OTHER for the rest", async () => {
    for (let i = 0; i < 30; i++) {
      await observe(() =>
        Promise.reject(Object.assign(new Error("x"), { name: `Error${i}` })),
      ).catch(() => undefined);
    }
    await observe(() => Promise.reject(Object.assign(new Error("x"), { name: "Error5" }))).catch(
      () => undefined,
    );
    expect(failed("Error19")).toBe(1);
    expect(failed("Error20")).toBeUndefined();
    expect(failed("Error5")).toBe(2);
    expect(failed("_OTHER")).toBe(10);
  });

  it("counts a cold start for the first invocation only", async () => {
    await Promise.all([observe(async () => 1), observe(async () => 1)]);
    await observe(async () => 1);
    expect(totalOf(core, 'faas_coldstarts_total{faas_trigger="http"}')).toBe(1);
  });
});

describe("a faulty adapter", () => {
  it.each([
    ["an error", new Error("faulty")],
    ["nothing", undefined],
    ["an object without prototype", Object.create(null)],
    ["a symbol", Symbol("faulty")],
  ])("that throws %s in describe() does not affect the handler", async (_, thrown) => {
    const warnings = collectWarnings();
    const faulty = () => {
      throw thrown;
    };
    expect(await core.observe(instance, faulty, async () => "fine")).toBe("fine");
    expect(core.observe(instance, faulty, () => "fine")).toBe("fine");
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("recording failed");
  });

  it("that describes nothing does not affect the handler", async () => {
    collectWarnings();
    for (const nothing of [undefined, null, 5, {}]) {
      expect(
        await core.observe(
          instance,
          () => nothing as never,
          async () => "fine",
        ),
      ).toBe("fine");
    }
  });

  it("that throws in keepAlive(), completion(), started() or collect() does not affect the handler", async () => {
    const warnings = collectWarnings();
    const faulty = () => {
      throw new Error("faulty");
    };
    expect(await observe(async () => "fine", { keepAlive: faulty })).toBe("fine");
    expect(observe(() => "fine", { completion: faulty, passOn: faulty })).toBe("fine");
    expect(observe(() => "fine", { started: faulty, collect: faulty })).toBe("fine");
    expect(succeeded()).toBe(3);
    expect(warnings).toHaveLength(1);
  });

  it("and a console that throws do not affect the handler", async () => {
    const spy = vi.spyOn(console, "warn").mockImplementation(() => {
      throw new Error("no logging");
    });
    try {
      const faulty = () => {
        throw new Error("faulty");
      };
      expect(await core.observe(instance, faulty, async () => "fine")).toBe("fine");
    } finally {
      spy.mockRestore();
    }
  });
});

describe("concurrent invocations", () => {
  it("never see each other's recordings if the platform keeps them apart", async () => {
    const hits = core.counter({ name: "hits_total", help: "Hits.", labelNames: ["who"] });
    const seen: (number | undefined)[][] = [];
    const all = Array.from({ length: 20 }, (_, who) =>
      observe(
        async () => {
          hits.inc({ who }, who);
          await new Promise((resolve) => setTimeout(resolve, (who * 7) % 5));
          hits.inc({ who });
          const { registry, id } = core.currentInvocation()!;
          seen[who] = [
            registry.value("hits_total", { who }),
            registry.value("hits_total"),
            Number(id),
          ];
        },
        { id: `${who}` },
      ),
    );
    await Promise.all(all);
    expect(seen).toEqual(Array.from({ length: 20 }, (_, who) => [who + 1, who + 1, who]));
    expect(totalOf(core, 'hits_total{who="7"}')).toBe(8);
  });

  it("add up to exact sums if the platform has a single slot", async () => {
    core = await freshCore();
    instance = startInstance(core, { url: server.url }, { store: core.invocations.store });
    const hits = core.counter({ name: "hits_total", help: "Hits." });
    const sizes = core.histogram({ name: "size_bytes", help: "Sizes.", buckets: [1] });
    const invoke = (delayMs: number) =>
      observe(async () => {
        hits.inc();
        await new Promise((resolve) => setTimeout(resolve, delayMs));
        hits.inc();
        sizes.observe(1);
      });
    await invoke(0);
    await Promise.all([invoke(5), invoke(1), invoke(9), invoke(3)]);
    await invoke(0);
    expect(totalOf(core, "hits_total")).toBe(12);
    expect(totalOf(core, "size_bytes_count")).toBe(6);
    expect(succeeded()).toBe(6);
  });

  it("have no current invocation if several overlap in a single slot", async () => {
    core = await freshCore();
    instance = startInstance(core, { url: server.url }, { store: core.invocations.store });
    const { opened, open } = gate();
    const current = () => core.currentInvocation()?.id;
    const first = observe(
      async () => {
        expect(current()).toBe("first");
        await opened;
        return current();
      },
      { id: "first" },
    );
    const second = observe(async () => current(), { id: "second" });
    expect(await second).toBeUndefined();
    open();
    expect(await first).toBeUndefined();
    expect(await observe(async () => current(), { id: "third" })).toBe("third");
    expect(current()).toBeUndefined();
  });
});

describe("a handler that is wrapped twice", () => {
  it("is counted once if the key is the same", async () => {
    const key = {};
    core = await freshCore();
    instance = startInstance(core, { url: server.url }, { store: core.invocations.store });
    expect(await observe(() => observe(async () => "fine", { key }), { key })).toBe("fine");
    expect(succeeded()).toBe(1);
    expect(server.received).toHaveLength(1);
  });

  it("is counted once if the keys differ and the platform keeps invocations apart", async () => {
    expect(await observe(async () => await observe(async () => "fine"))).toBe("fine");
    expect(succeeded()).toBe(1);
    expect(server.received).toHaveLength(1);
  });

  it("is counted again after it has ended, in the same asynchronous context", async () => {
    let after: Promise<string> | undefined;
    const { opened, open } = gate();
    await observe(async () => {
      after = opened.then(() => observe(async () => "again"));
    });
    open();
    expect(await after).toBe("again");
    expect(succeeded()).toBe(2);
  });
});
