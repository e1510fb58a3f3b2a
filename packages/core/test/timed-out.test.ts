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

/** An invocation that runs until `end` is called. */
function beginInvocation(differences: Partial<InvocationDescriptor> = {}) {
  const { opened, open } = gate();
  let observation: Observation | undefined;
  const result = core.observe(
    instance,
    () =>
      descriptor({
        deadlineMs: Date.now() + 5_000,
        started: (begun) => void (observation = begun),
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
  it("does not prevent another with the same id from being counted", async () => {
    const key = {};
    const first = beginInvocation({ key });
    first.timedOut();
    const second = beginInvocation({ key });
    second.end();
    await second.result;
    first.end();
    await first.result;
    const read = (series: string) => totalOf(core, series);
    expect(outcomes(read)).toMatchObject({ succeeded: 1, timedOut: 1 });
    expect(core.invocations.running.size).toBe(0);
  });

  it("is counted as timed out, and what it has recorded so far is pushed at once", async () => {
    const { timedOut, end, result } = beginInvocation();
    expect(server.received).toEqual([]);
    timedOut();
    await expect.poll(() => server.received.length).toBe(1);
    expect(outcomes(pushed(1))).toEqual({ succeeded: 0, timedOut: 1, failed: 0, durations: 1 });
    expect(pushed(1)("orders_total")).toBe(1);
    end();
    await result;
  });

  it("continues undisturbed: its result is returned, and what it records later is counted and pushed", async () => {
    const { timedOut, end, result } = beginInvocation();
    timedOut();
    await expect.poll(() => server.received.length).toBe(1);
    end();
    expect(await result).toBe("its own result");
    expect(server.received).toHaveLength(2);
    expect(pushed(2)("orders_total")).toBe(2);
    expect(outcomes(pushed(2))).toEqual({ succeeded: 0, timedOut: 1, failed: 0, durations: 1 });
    expect(core.invocations.running.size).toBe(0);
  });

  it("and then throws is not counted as failed, and its error is rethrown", async () => {
    const { opened, open } = gate();
    const error = new Error("broken");
    let observation: Observation | undefined;
    const result = core.observe(
      instance,
      () => descriptor({ started: (begun) => void (observation = begun) }),
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

  it("is counted once, even if it is reported several times", async () => {
    const { timedOut, end, result } = beginInvocation();
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

  it("after it has ended is not counted as timed out", async () => {
    const { timedOut, end, result } = beginInvocation();
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

  it("is passed to listeners once, as timed out", async () => {
    const reported: unknown[] = [];
    core.onInvocation(({ outcome }) => reported.push(outcome));
    const { timedOut, end, result } = beginInvocation();
    timedOut();
    end();
    await result;
    expect(reported).toEqual(["timedOut"]);
  });

  it("is pushed until its deadline, and no longer", async () => {
    collectWarnings();
    core = await freshCore();
    const silent = await startReceiver((response) => setTimeout(() => response.end(), 250));
    instance = startInstance(core, { url: silent.url });
    // Any other flush would end 100 ms before the deadline, and so would not start.
    const { timedOut, end, result } = beginInvocation({ deadlineMs: Date.now() + 60 });
    timedOut();
    await expect.poll(() => silent.received.length).toBe(1);
    await expect.poll(() => instance.pusher!.flusher.breaker.failures).toBe(1);
    end();
    await result;
  });

  it("does not affect the outcome of a concurrent one", async () => {
    const first = beginInvocation();
    const second = beginInvocation();
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
