import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import type { InvocationStore } from "../src/adapter.js";
import type { TransportRequest } from "../src/index.js";
import { collectWarnings, type Core, forgetAll, freshCore, valueIn } from "./core.js";
import { fakePlatform, descriptor, startInstance } from "./fake-platform.js";

let core: Core;

beforeEach(async () => {
  core = await freshCore();
  collectWarnings();
});

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("inc" as const), by: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("observe" as const), by: fc.nat(9) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("change" as const),
      by: fc.integer({ min: -9, max: 9 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("wait" as const), by: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("flush" as const), by: fc.constant(0) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("later" as const), by: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("nested" as const), by: fc.nat(9) }) },
);

const invocation = fc.record({
  startsAfter: fc.nat(4),
  steps: fc.array(step, { maxLength: 8 }),
  fails: fc.boolean(),
  sameKey: fc.boolean(),
});

const answer = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom("success", "slow", "refused", "broken") },
  { weight: 1, arbitrary: fc.constant("silent") },
);

type Invocation = typeof invocation extends fc.Arbitrary<infer I> ? I : never;
type Answer = typeof answer extends fc.Arbitrary<infer A> ? A : never;

const pause = async (turns: number): Promise<void> => {
  for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
};

/** Runs all steps and compares what was pushed with what was recorded. */
async function run(
  invocations: Invocation[],
  answers: Answer[],
  store: InvocationStore,
): Promise<void> {
  const bodies: string[] = [];
  const transport = async ({ body, signal }: TransportRequest) => {
    const which = answers.shift() ?? "success";
    if (which === "broken") throw new Error("broken");
    if (which === "slow") await pause(3);
    if (signal.aborted) throw new Error("aborted");
    if (which === "silent")
      await new Promise((_, reject) => signal.addEventListener("abort", reject));
    if (which === "refused") return { status: 500, body: "" };
    bodies.push(body as string);
    return { status: 200, body: "" };
  };
  const instance = startInstance(
    core,
    { url: "http://gateway", flushTimeoutMs: 10, transport, gzipAboveBytes: Infinity },
    { store },
  );
  const hits = core.counter({ name: "hits_total", help: "Hits." });
  const sizes = core.histogram({ name: "size_bytes", help: "Sizes.", buckets: [4] });
  const open = core.gauge({ name: "open_connections", help: "Open.", aggregate: "sum" });
  const done = { hits: 0, sizes: 0, small: 0, open: 0 };
  const late: Promise<void>[] = [];
  const count = (by: number) => {
    done.hits += by;
    hits.inc(by);
  };

  const invoke = async ({ startsAfter, steps, fails, sameKey }: Invocation): Promise<unknown> => {
    await pause(startsAfter);
    const key = {};
    return core.observe(
      instance,
      () => descriptor({ key }),
      async () => {
        for (const { do: what, by } of steps) {
          if (what === "inc") count(by);
          if (what === "wait") await pause(by);
          if (what === "flush") await core.currentInvocation()?.flush();
          if (what === "later") late.push(pause(by).then(() => count(by)));
          if (what === "change") {
            done.open += by;
            open.inc(by);
          }
          if (what === "observe") {
            done.sizes += 1;
            if (by <= 4) done.small += 1;
            sizes.observe(by);
          }
          // If the platform has a single slot, only the key shows that it is the same invocation.
          if (what === "nested" && (sameKey || store.single !== true)) {
            await core.observe(
              instance,
              () => descriptor({ key: sameKey ? key : {} }),
              async () => count(by),
            );
          }
        }
        if (fails) throw new Error("failed");
      },
    );
  };
  await Promise.allSettled(invocations.map(invoke));
  await Promise.all(late);
  answers.length = 0;
  const end = core.gauge({ name: "end", help: "All is done." });
  const ended = () => bodies.find((body) => valueIn(body, "end") === 1);
  // On a busy machine, a push may time out.
  for (let i = 0; i < 100 && ended() === undefined; i++) {
    end.set(1);
    // This is the final flush, since the gateway may be in a back-off.
    await instance.pusher!.flusher.flushFinally(Infinity);
  }

  const last = ended() ?? "";
  const failures = invocations.filter(({ fails }) => fails).length;
  expect(valueIn(last, "hits_total") ?? 0).toBe(done.hits);
  expect(valueIn(last, "size_bytes_count") ?? 0).toBe(done.sizes);
  expect(valueIn(last, 'size_bytes_bucket{le="4"}') ?? 0).toBe(done.small);
  expect(valueIn(last, "open_connections") ?? 0).toBe(done.open);
  if (invocations.length > 0) {
    const byTrigger = '{faas_trigger="http"}';
    expect(valueIn(last, `faas_invocations_total${byTrigger}`)).toBe(invocations.length - failures);
    expect(valueIn(last, 'faas_errors_total{faas_trigger="http",error_type="Error"}') ?? 0).toBe(
      failures,
    );
    expect(valueIn(last, `faas_timeouts_total${byTrigger}`)).toBe(0);
    expect(valueIn(last, `faas_invoke_duration_seconds_count${byTrigger}`)).toBe(
      invocations.length,
    );
    expect(valueIn(last, `faas_coldstarts_total${byTrigger}`)).toBe(1);
  }
  // An instance only grows from snapshot to snapshot, and no two have the same sequence number.
  const sequenceOf = (body: string) => valueIn(body, "prefreeze_snapshot_sequence")!;
  const snapshots = bodies.toSorted((a, b) => sequenceOf(a) - sequenceOf(b));
  expect(new Set(snapshots.map(sequenceOf)).size).toBe(snapshots.length);
  for (const name of ["hits_total", "size_bytes_count"]) {
    const values = snapshots.map((body) => valueIn(body, name) ?? 0);
    expect(values).toEqual(values.toSorted((a, b) => a - b));
  }
  expect(core.invocations.running.size).toBe(0);
  expect(core.currentInvocation()).toBeUndefined();
}

describe("invocations that overlap, fail and are pushed in any order", () => {
  const cases = [
    fc.array(invocation, { maxLength: 6 }),
    fc.array(answer, { maxLength: 12 }),
  ] as const;

  it("are counted once each if the platform keeps them apart", async () => {
    await fc.assert(
      fc.asyncProperty(...cases, async (invocations, answers) => {
        forgetAll(core);
        await run(invocations, [...answers], fakePlatform().store!);
      }),
      { numRuns: 80 },
    );
  });

  it("are counted once each if the platform has a single slot", async () => {
    await fc.assert(
      fc.asyncProperty(...cases, async (invocations, answers) => {
        forgetAll(core);
        await run(invocations, [...answers], core.invocations.store);
      }),
      { numRuns: 80 },
    );
  });
});
