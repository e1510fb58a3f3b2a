import { beforeEach, describe, expect, it } from "vitest";
import type { Instance, Observation, InvocationDescriptor } from "../src/adapter.js";
import { collectWarnings, type Core, freshCore, totalOf, valueIn } from "./core.js";
import { descriptor, startInstance } from "./fake-platform.js";
import { gate } from "../../../test/gate.js";
import { type Receiver, startReceiver } from "./receiver.js";

let core: Core;
let server: Receiver;
let instance: Instance;

beforeEach(async () => {
  core = await freshCore();
  server = await startReceiver();
  instance = startInstance(core, { url: server.url });
});

const orders = () => core.counter({ name: "orders_total", help: "Orders." });
const byTrigger = '{faas_trigger="http"}';
const outcomes = (read: (series: string) => number | undefined) => ({
  succeeded: read(`faas_invocations_total${byTrigger}`),
  timedOut: read(`faas_timeouts_total${byTrigger}`),
  failed:
    read('faas_errors_total{faas_trigger="http",error_type="Error"}') ??
    read('faas_errors_total{faas_trigger="http",error_type=""}'),
  durations: read(`faas_invoke_duration_seconds_count${byTrigger}`),
});
const pushed = (push: number) => (series: string) =>
  valueIn(server.received[push - 1]!.body.toString(), series);

/** An invocation that runs until it is told to end. */
function invocation(differences: Partial<InvocationDescriptor> = {}) {
  const { opened, open } = gate();
  let observation: Observation | undefined;
  const result = core.observe(
    instance,
    () =>
      descriptor({
        deadlineMs: Date.now() + 5_000,
        started: (attended) => void (observation = attended),
        ...differences,
      }),
    async () => {
      orders().inc();
      await opened;
      orders().inc();
      return "its own result";
    },
  );
  return { result, end: open, timedOut: () => observation!.timedOut() };
}

describe("an invocation that times out", () => {
  it("does not keep another with the same id from being counted", async () => {
    const key = {};
    const first = invocation({ key });
    first.timedOut();
    const second = invocation({ key });
    second.end();
    await second.result;
    first.end();
    await first.result;
    const read = (series: string) => totalOf(core, series);
    expect(outcomes(read)).toMatchObject({ succeeded: 1, timedOut: 1 });
    expect(core.invocations.running.size).toBe(0);
  });

  it("counts as a timeout, and is pushed at once with everything recorded so far", async () => {
    const { timedOut, end, result } = invocation();
    expect(server.received).toEqual([]);
    timedOut();
    await expect.poll(() => server.received.length).toBe(1);
    expect(outcomes(pushed(1))).toEqual({ succeeded: 0, timedOut: 1, failed: 0, durations: 1 });
    expect(pushed(1)("orders_total")).toBe(1);
    end();
    await result;
  });

  it("continues undisturbed: its result comes through, and later recordings are counted and pushed", async () => {
    const { timedOut, end, result } = invocation();
    timedOut();
    await expect.poll(() => server.received.length).toBe(1);
    end();
    expect(await result).toBe("its own result");
    expect(server.received).toHaveLength(2);
    expect(pushed(2)("orders_total")).toBe(2);
    expect(outcomes(pushed(2))).toEqual({ succeeded: 0, timedOut: 1, failed: 0, durations: 1 });
    expect(core.invocations.running.size).toBe(0);
  });

  it("passes on a later error, and does not count as failed", async () => {
    const { opened, open } = gate();
    const error = new Error("broken");
    let observation: Observation | undefined;
    const result = core.observe(
      instance,
      () => descriptor({ started: (attended) => void (observation = attended) }),
      async () => {
        await opened;
        throw error;
      },
    );
    observation!.timedOut();
    open();
    await expect(result).rejects.toBe(error);
    expect(outcomes((series) => totalOf(core, series))).toMatchObject({ timedOut: 1, failed: 0 });
  });

  it("is counted once, however often it is reported", async () => {
    const { timedOut, end, result } = invocation();
    timedOut();
    timedOut();
    end();
    await result;
    timedOut();
    expect(outcomes((series) => totalOf(core, series))).toEqual({
      succeeded: 0,
      timedOut: 1,
      failed: 0,
      durations: 1,
    });
  });

  it("is no timeout if it has ended before", async () => {
    const { timedOut, end, result } = invocation();
    end();
    await result;
    timedOut();
    expect(outcomes((series) => totalOf(core, series))).toEqual({
      succeeded: 1,
      timedOut: 0,
      failed: 0,
      durations: 1,
    });
    expect(server.received).toHaveLength(1);
  });

  it("is reported to listeners as a timeout, once", async () => {
    const told: unknown[] = [];
    core.onInvocation(({ outcome }) => told.push(outcome));
    const { timedOut, end, result } = invocation();
    timedOut();
    end();
    await result;
    expect(told).toEqual(["timedOut"]);
  });

  it("has its push in flight until the deadline itself, and not longer", async () => {
    collectWarnings();
    core = await freshCore();
    const silent = await startReceiver((response) => setTimeout(() => response.end(), 250));
    instance = startInstance(core, { url: silent.url });
    // Any other flush would leave 100 ms to the function, and less than that is left.
    const { timedOut, end, result } = invocation({ deadlineMs: Date.now() + 60 });
    timedOut();
    await expect.poll(() => silent.received.length).toBe(1);
    await expect.poll(() => instance.pusher!.flusher.breaker.failures).toBe(1);
    end();
    await result;
  });

  it("leaves the outcome of a concurrent invocation alone", async () => {
    const first = invocation();
    const second = invocation();
    first.timedOut();
    second.end();
    await second.result;
    expect(outcomes((series) => totalOf(core, series))).toMatchObject({
      succeeded: 1,
      timedOut: 1,
    });
    first.end();
    await first.result;
    expect(totalOf(core, "orders_total")).toBe(4);
  });
});
