import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { type FakeClock, fakeClock } from "../../core/test/fake-clock.js";
import { loadOnVercel, useContext, useContextGetter } from "./with-context.js";

const { instrument, records } = await loadOnVercel();
beforeEach(() => void records.splice(0));

const request = new Request("https://example.com/");
const GET = instrument(async (_request: Request) => new Response("ok"));
const slow = instrument(async (_request: Request) => {
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  return new Response("ok");
});

/** Calls the slow handler on a fake clock. */
async function callSlow(whileItRuns?: (clock: FakeClock) => void) {
  const clock = fakeClock();
  const answer = slow(request);
  await clock.pass(1_000);
  whileItRuns?.(clock);
  await clock.pass(3_000);
  return (await answer).text();
}

describe("a request", () => {
  test.each([
    ["a cron job", { "x-vercel-cron": "1" }, "timer"],
    [
      "a cron job, of headers in an object of their own",
      new Headers({ "X-Vercel-Cron": "1" }),
      "timer",
    ],
    ["anything else", { host: "example.com" }, "http"],
    ["unknown", undefined, "http"],
  ])("that is %s has the trigger of it", async (_, headers, trigger) => {
    useContext({ headers, waitUntil: () => undefined });
    await GET(request);
    expect(records).toMatchObject([{ trigger, outcome: "succeeded" }]);
  });

  test("is told by the id of its context", async () => {
    useContext({ headers: { "x-vercel-id": "fra1::x" } });
    await GET(request);
    expect(records).toMatchObject([{ id: "fra1::x" }]);
  });

  const at = (inMs: number) => new Date(Date.now() + inMs);
  test.each([
    ["a text, as production gives it", () => at(2_000).toISOString()],
    ["a Date", () => at(2_000)],
    ["milliseconds", () => at(2_000).getTime()],
    ["milliseconds as text", () => String(at(2_000).getTime())],
  ])("that reaches its deadline has timed out: it is %s", async (_, deadline) => {
    const clock = fakeClock();
    useContext({ waitUntil: () => undefined, deadline: deadline() });
    const answer = slow(request);
    await clock.pass(1_799);
    expect(records).toEqual([]);
    await clock.pass(1);
    expect(records).toMatchObject([{ outcome: "timedOut" }]);
    await clock.pass(3_000);
    expect(await (await answer).text()).toBe("ok");
    expect(records).toHaveLength(1);
  });

  test.each([
    ["not a number", NaN],
    ["not a time", "soon"],
    ["endless", Infinity],
    ["over", Date.now() - 1_000],
    ["of the year 9999", 253_370_764_800_000],
    ["in seconds", Math.round(Date.now() / 1_000) + 10],
    ["an object", {}],
    ["null", null],
    ["an invalid Date", new Date(NaN)],
  ])("has no deadline if what the context has is %s", async (_, deadline) => {
    useContext({ waitUntil: () => undefined, deadline });
    await callSlow();
    expect(records).toMatchObject([{ outcome: "succeeded" }]);
  });

  test("that ends in time has not timed out, and is watched no longer", async () => {
    useContext({ waitUntil: () => undefined, deadline: at(5_000) });
    const cleared = vi.spyOn(globalThis, "clearTimeout");
    onTestFinished(() => cleared.mockRestore());
    await GET(request);
    expect(cleared).toHaveBeenCalledTimes(1);
    expect(records).toMatchObject([{ outcome: "succeeded" }]);
  });

  test("times out in time although the clock is set back", async () => {
    useContext({ waitUntil: () => undefined, deadline: at(2_000) });
    await callSlow((clock) => clock.set(-60_000));
    expect(records).toMatchObject([{ outcome: "timedOut" }]);
    expect(records[0]!.durationMs).toBeLessThan(2_000);
  });

  const thrower = () => {
    throw new Error("odd");
  };
  test.each([
    ["throws when it is asked for", thrower],
    ["is a text", () => "context"],
    ["throws when it is read", () => new Proxy({}, { get: thrower, has: thrower })],
    ["cannot hold anything", () => ({ waitUntil: thrower, headers: { get: thrower } })],
  ])("is counted and answered although its context %s", async (_, get) => {
    useContextGetter(get);
    expect(await (await GET(request)).text()).toBe("ok");
    expect(records).toMatchObject([{ outcome: "succeeded", trigger: "http" }]);
  });

  test("takes nothing of what other code has put on every object for its context", async () => {
    const polluted = {
      waitUntil: thrower,
      deadline: Date.now() + 10,
      headers: { "x-vercel-cron": "1" },
    };
    Object.assign(Object.prototype, polluted);
    onTestFinished(() => {
      for (const name of Object.keys(polluted)) Reflect.deleteProperty(Object.prototype, name);
    });
    useContext({});
    expect(await callSlow()).toBe("ok");
    expect(records).toMatchObject([{ outcome: "succeeded", trigger: "http" }]);
  });
});

test("a handler of another shape is refused although other code has put its methods on every object", () => {
  const polluted = { fetch: () => undefined, callback: () => undefined, listen: () => undefined };
  Object.assign(Object.prototype, polluted);
  onTestFinished(() => {
    for (const name of Object.keys(polluted)) Reflect.deleteProperty(Object.prototype, name);
  });
  expect(() => instrument({} as { fetch(): Response })).toThrow("needs an object with");
});
