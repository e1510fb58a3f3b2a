import { describe, expect, test } from "vitest";
import { useGateway } from "../../../../test/pushgateway/use-gateway.js";
import type { Worker, WorkerOptions } from "../../../../test/workers/worker.js";
import { fixture, runWorker, warnings } from "../run-worker.js";

const gateway = useGateway();
const { eventually, metrics } = gateway;

const run = (entry: string, options: WorkerOptions) =>
  runWorker(entry, {
    gateway,
    ...options,
    bindings: {
      PREFREEZE_PUSH_INTERVAL_MS: "1000",
      PREFREEZE_SCRAPE_INTERVAL_MS: "0",
      ...options.bindings,
    },
  });

/** Sends some requests. @returns what `explain()` says */
async function serve(worker: Worker): Promise<Record<string, unknown>> {
  for (let i = 0; i < 4; i++) await worker.fetch("/?plan=pro");
  return (await (await worker.fetch("/explain")).json()) as Record<string, unknown>;
}

async function expectThroughObject(worker: Worker, reason: string): Promise<void> {
  expect(await serve(worker)).toMatchObject({
    mode: "flush in waitUntil, to the aggregator object",
    reason,
    target: "https://prefreeze-aggregator.invalid/0",
  });
  await eventually("orders_total").toBe(4);
  expect(await metrics()).toMatch(/orders_total\{aggregator="[0-9a-f]{12}",instance=""/);
  expect(warnings(worker)).toEqual([]);
}

async function expectDirectly(worker: Worker, warning: string | undefined): Promise<void> {
  expect(await serve(worker)).toMatchObject({
    mode: "flush in waitUntil",
    reason: "running on cloudflare_workers",
    target: `${gateway.url}/`,
  });
  await eventually("orders_total").toBe(4);
  expect(await metrics()).toMatch(/orders_total\{instance="worker-/);
  expect(warnings(worker)).toEqual(warning === undefined ? [] : [`prefreeze: ${warning}`]);
}

const bound = { objects: { PREFREEZE: "PrefreezeAggregator" } };
const EXPORTED = "the exported PrefreezeAggregator is there";
const BINDING = "the binding PREFREEZE is there";

describe("pushes go to the aggregator object", { timeout: 30_000 }, () => {
  test("if the Worker exports its class, with a migration and no binding", async () => {
    const worker = await run("aggregated-shop.ts", { unboundObjects: ["PrefreezeAggregator"] });
    await expectThroughObject(worker, EXPORTED);
  });

  test("if the date gives contexts no exports", async () => {
    const worker = await run("aggregated-shop.ts", {
      unboundObjects: ["PrefreezeAggregator"],
      compatibilityDate: "2025-11-16",
    });
    await expectThroughObject(worker, EXPORTED);
  });

  test("if a framework makes the context, which then has no exports", async () => {
    const worker = await run("bare-context.ts", { unboundObjects: ["PrefreezeAggregator"] });
    await expectThroughObject(worker, EXPORTED);
  });

  test.each(["2026-04-01", "2025-11-16", "2024-04-03"])(
    "if the binding PREFREEZE leads to it, with date %s",
    async (compatibilityDate) => {
      await expectThroughObject(
        await run("aggregated-shop.ts", { ...bound, compatibilityDate }),
        BINDING,
      );
    },
  );

  test("if the binding PREFREEZE leads to that of another Worker", async () => {
    const worker = await run("shop.ts", {
      services: { AGGREGATOR: fixture("aggregated-shop.ts") },
      remoteObjects: { PREFREEZE: { service: "AGGREGATOR", className: "PrefreezeAggregator" } },
    });
    await expectThroughObject(worker, BINDING);
  });

  test.each([
    ["export", { unboundObjects: ["PrefreezeAggregator"] }, EXPORTED],
    ["binding", bound, BINDING],
  ])("if a measured class is called first, by its %s", async (_, options, reason) => {
    await expectThroughObject(await run("aggregated-class.mjs", options), reason);
  });

  test("whatever else is set for pushes to a gateway", async () => {
    const worker = await run("aggregated-shop.ts", {
      ...bound,
      bindings: { PUSHGATEWAY_USERNAME: "user" },
      secrets: { PUSHGATEWAY_PASSWORD: "s3cret" },
    });
    await expectThroughObject(worker, BINDING);
  });
});

const NO_BINDING = "PREFREEZE is not the binding of a Durable Object and is ignored";

describe("pushes go to the gateway", { timeout: 30_000 }, () => {
  test.each([
    ["a text", { bindings: { PREFREEZE: "yes" } }],
    ["a key-value store", { kvNamespaces: ["PREFREEZE"] }],
    ["another Worker", { services: { PREFREEZE: fixture("rpc-caller.ts") } }],
  ])("if PREFREEZE is %s, as one warning says", async (_, options) => {
    await expectDirectly(await run("shop.ts", options), NO_BINDING);
  });

  test("if the exported class has no migration, as one warning says", async () => {
    await expectDirectly(
      await run("aggregated-shop.ts", {}),
      "the exported PrefreezeAggregator has no storage, so pushes go to PUSHGATEWAY_URL: add its migration",
    );
  });

  test("if the date allows no calls of objects, as one warning says", async () => {
    await expectDirectly(
      await run("aggregated-shop.ts", { ...bound, compatibilityDate: "2024-04-02" }),
      "the aggregator object needs a compatibility date of 2024-04-03 or later, so pushes go to PUSHGATEWAY_URL",
    );
  });

  test("if PREFREEZE throws when it is read", async () => {
    await expectDirectly(await run("hostile-env.ts", {}), undefined);
  });
});
