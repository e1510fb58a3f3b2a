import { describe, expect, test } from "vitest";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";
import type { Worker } from "../../../test/workers/worker.js";
import { runWorker, warnings } from "./run-worker.js";

const gateway = useGateway();
const { eventually } = gateway;

const run = () => runWorker("pitfalls.ts", { gateway });
const json = async (worker: Worker, path: string): Promise<unknown> =>
  (await worker.fetch(path)).json();

describe("a Worker", { timeout: 30_000 }, () => {
  test("is wrapped without anything that the runtime forbids outside of requests", async () => {
    const worker = await run();
    await worker.fetch("/");
    await eventually("orders_total").toBe(1);
    const { atStart, later } = (await json(worker, "/used")) as Record<string, string[]>;
    expect(atStart).toEqual([]);
    // Watching works.
    expect(later).toEqual(expect.arrayContaining(["setTimeout", "getRandomValues", "fetch"]));
  });

  test("is not held up by a chain of tools that wrap waitUntil, which is called once a request", async () => {
    const worker = await run();
    expect(await (await worker.fetch("/wrapped")).text()).toBe("ok");
    await eventually("orders_total").toBe(1);
    expect(await json(worker, "/calls")).toBe(500);
    expect(warnings(worker)).toEqual([]);
  });

  test("whose requests come at once holds on to few of them for its pushes", async () => {
    const worker = await run();
    await worker.fetch("/");
    const startedMs = performance.now();
    await Promise.all(Array.from({ length: 200 }, () => worker.fetch("/counted")));
    const windows = 2 + Math.floor((performance.now() - startedMs) / 1_000);
    await eventually("orders_total").toBe(201);
    expect(await json(worker, "/calls")).toBeLessThanOrEqual(16 * windows);
  });

  test("pushes although something else that it waits for rejects", async () => {
    const worker = await run();
    await worker.fetch("/rejects");
    await eventually("orders_total").toBe(1);
    expect(warnings(worker)).toEqual([]);
  });

  test("finds its invocation beside another store of its own", async () => {
    const worker = await run();
    expect(await json(worker, "/store")).toEqual(["pro", "pro of a tracer"]);
    await eventually("orders_total", { plan: "pro of a tracer" }).toBe(1);
  });

  test("finds its invocation in a stream that the runtime pulls", async () => {
    const worker = await run();
    expect(await (await worker.fetch("/stream")).text()).toBe("ab");
    await eventually("orders_total", { plan: "b of http" }).toBe(1);
  });
});
