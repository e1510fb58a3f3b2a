import { describe, expect, test } from "vitest";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";
import { runWorker } from "./run-worker.js";

const gateway = useGateway();
const { shown, eventually } = gateway;

const run = (nodejsCompat: boolean | "nodejs_als") =>
  runWorker("classes.ts", {
    gateway,
    nodejsCompat,
    objects: { BARE_OBJECT: "BareObject", OBJECT: "MeasuredObject" },
    entrypoints: { BARE_ENTRYPOINT: "BareEntrypoint", ENTRYPOINT: "MeasuredEntrypoint" },
  });

const succeeding =
  "fetch failed inherited overridden sync self what change object target pipelined stream response takes echo nothing".split(
    " ",
  );
const throwing = ["throwsAtOnce", "throws", "throwsText"];
const uncounted = "getter inheritedGetter adder adderItself unknown field private".split(" ");

describe.each([
  [true, "OBJECT"],
  ["nodejs_als", "OBJECT"],
  [false, "OBJECT"],
  [true, "ENTRYPOINT"],
  ["nodejs_als", "ENTRYPOINT"],
  [false, "ENTRYPOINT"],
] as const)("with nodejsCompat %s, a measured %s", { timeout: 60_000 }, (nodejsCompat, binding) => {
  test("answers each call as the bare class does, and counts each once", async () => {
    const worker = await run(nodejsCompat);
    const answers = async (binding: string, calls: string[]) => {
      const of: Record<string, unknown> = {};
      for (const call of calls) of[call] = await (await worker.fetch(`/${binding}/${call}`)).json();
      return of;
    };
    const all = [...succeeding, ...throwing, ...uncounted];
    const measured = await answers(binding, all);
    expect(measured).toEqual(await answers(`BARE_${binding}`, all));
    // All but the fetch that was answered with 503.
    await eventually("faas_invoke_duration_seconds_count").toBe(
      succeeding.length + throwing.length,
    );
    expect(await shown("faas_invocations_total")).toBe(succeeding.length - 1);
    expect(await shown("faas_errors_total")).toBe(throwing.length + 1);
    expect(await shown("faas_invocations_total", { faas_trigger: "http" })).toBe(1);
    expect(await shown("faas_errors_total", { error_type: "RangeError" })).toBe(1);
    expect(await shown("orders_total", { plan: "measured" })).toBe(2);
    expect(measured).toMatchObject({ what: { result: { name: "Shop", loaded: true } } });
  });

  test("has recordings of each of many concurrent calls", async () => {
    const worker = await run(nodejsCompat);
    const plans = Array.from({ length: 20 }, (_, i) => `plan-${i}`);
    const answers = await Promise.all(
      plans.map(async (plan) => (await worker.fetch(`/${binding}/seen?plan=${plan}`)).json()),
    );
    // Without AsyncLocalStorage, nobody can tell which call records.
    if (nodejsCompat) expect(answers).toEqual(plans.map((plan) => ({ result: [[plan, 2]] })));
    await eventually("faas_invocations_total", { faas_trigger: "other" }).toBe(20);
    for (const plan of plans) expect(await shown("orders_total", { plan })).toBe(2);
  });
});

test("an alarm that fails and is retried is two invocations", { timeout: 60_000 }, async () => {
  const worker = await run(true);
  await worker.fetch("/OBJECT/alarmAt?plan=1");
  await eventually("faas_invocations_total", { faas_trigger: "timer" }).toBe(1);
  expect(await shown("faas_errors_total", { faas_trigger: "timer" })).toBe(1);
  expect(await (await worker.fetch("/OBJECT/alarms")).json()).toEqual({ result: 2 });
});
