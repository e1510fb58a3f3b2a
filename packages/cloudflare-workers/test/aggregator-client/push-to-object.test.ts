import { describe, expect, test } from "vitest";
import { hangingGateway } from "../../../../test/pushgateway/broken-gateways.js";
import type { Worker } from "../../../../test/workers/worker.js";
import { runWorker, warnings } from "../run-worker.js";

async function run(entry: string, bindings: Readonly<Record<string, string>>): Promise<Worker> {
  return runWorker(entry, {
    // Nothing goes there.
    gateway: { url: await hangingGateway() },
    objects: { PREFREEZE: "PrefreezeAggregator" },
    bindings: { PREFREEZE_FLUSH_TIMEOUT_MS: "500", ...bindings },
  });
}

/** What the object wrote of each push. */
const taken = (worker: Worker) =>
  worker
    .logs()
    .split("\n")
    .filter((line) => line.includes(" got "));

const told = (worker: Worker) => expect.poll(() => taken(worker).at(-1), { timeout: 10_000 });

const failed = (reason: string) =>
  `prefreeze: push to https://prefreeze-aggregator.invalid/0 failed: ${reason}; its data will be in the next push`;

describe("a push to an aggregator object", { timeout: 30_000 }, () => {
  test("is a call with the group's path and the snapshot", async () => {
    const worker = await run("odd-object.ts", {});
    await worker.fetch("/?plan=pro");
    await told(worker).toBe("prefreeze-0 got PUT /metrics/job/cloudflare with 1 orders");
    expect(warnings(worker)).toEqual([]);
  });

  test("brings what 200 requests at once have recorded", async () => {
    const worker = await run("odd-object.ts", { PREFREEZE_FLUSH_TIMEOUT_MS: "5000" });
    const startedMs = performance.now();
    await Promise.all(Array.from({ length: 200 }, () => worker.fetch("/?plan=pro")));
    await told(worker).toContain("with 200 orders");
    // One each second, which are more on a busy machine.
    expect(taken(worker).length).toBeLessThanOrEqual(2 + (performance.now() - startedMs) / 1_000);
    expect(warnings(worker)).toEqual([]);
  });

  test.each([
    ["throws", []],
    ["ends", []],
  ])("that %s is tried once more at once", async (behaviour, expected) => {
    const worker = await run("odd-object.ts", { BEHAVIOUR: behaviour });
    await worker.fetch("/?plan=pro");
    await expect.poll(() => taken(worker).length).toBe(2);
    await worker.fetch("/?plan=pro");
    await told(worker).toContain("with 2 orders");
    expect(warnings(worker)).toEqual(expected);
  });

  test("that hangs is given up, and answers wait for none", async () => {
    const worker = await run("odd-object.ts", { BEHAVIOUR: "hangs" });
    await worker.fetch("/?plan=pro");
    await expect.poll(() => taken(worker).length).toBe(1);
    const startedMs = performance.now();
    await worker.fetch("/?plan=pro");
    expect(performance.now() - startedMs).toBeLessThan(400);
    await told(worker).toContain("with 2 orders");
    expect(warnings(worker)[0]).toMatch(/no answer/);
  });

  test("to an object of another class says so", async () => {
    const worker = await run("other-object.ts", {});
    await worker.fetch("/?plan=pro");
    await expect
      .poll(() => warnings(worker))
      .toEqual([failed('The RPC receiver does not implement the method "take".')]);
  });
});

describe("with shards, an isolate", { timeout: 30_000 }, () => {
  test("stays with one of them", async () => {
    const worker = await run("odd-object.ts", { PREFREEZE_SHARDS: "64" });
    await worker.fetch("/?plan=pro");
    await told(worker).toContain("with 1 orders");
    const explained = (await (await worker.fetch("/explain?plan=pro")).json()) as {
      target: string;
    };
    await told(worker).toContain("with 2 orders");
    const shard = /^https:\/\/prefreeze-aggregator\.invalid\/(\d+)$/.exec(explained.target)![1];
    expect(taken(worker).map((line) => line.split(" ")[0])).toEqual([
      `prefreeze-${shard}`,
      `prefreeze-${shard}`,
    ]);
  });

  test("ignores a number of them that is out of range, with one warning", async () => {
    const worker = await run("odd-object.ts", { PREFREEZE_SHARDS: "65" });
    await worker.fetch("/?plan=pro");
    await told(worker).toContain("prefreeze-0 got");
    expect(warnings(worker)).toEqual([
      "prefreeze: PREFREEZE_SHARDS is not a whole number from 1 to 64 and is ignored",
    ]);
  });
});
