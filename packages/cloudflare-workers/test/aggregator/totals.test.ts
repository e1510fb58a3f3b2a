import { describe, expect, test } from "vitest";
import { useGateway } from "../../../../test/pushgateway/use-gateway.js";
import { runAggregator } from "./run-aggregator.js";

const gateway = useGateway();

describe("an aggregator object", { timeout: 30_000 }, () => {
  test("adds up lives, and pushes the sum as one group of its own", async () => {
    const object = await runAggregator(gateway);
    expect(await object.push("a", 1, { orders_total: 2 })).toBe(200);
    expect(await object.push("b", 1, { orders_total: 5 })).toBe(200);
    expect(await object.push("a", 2, { orders_total: 3 }, 1)).toBe(200);
    await gateway.eventually("orders_total", { job: "shop" }).toBe(8);
    expect(await gateway.metrics()).toMatch(
      /orders_total\{aggregator="[0-9a-f]{12}",instance="",job="shop"\} 8/,
    );
    expect(object.logs()).toBe("");
  });

  test("knows after an abrupt end what it has acknowledged", async () => {
    const object = await runAggregator(gateway);
    expect(await object.push("a", 1, { orders_total: 2 })).toBe(200);
    await object.abort();
    expect(await object.push("a", 1, { orders_total: 2 })).toBe(200);
    expect(await object.push("a", 2, { orders_total: 3 }, 1)).toBe(200);
    await gateway.eventually("orders_total", { job: "shop" }).toBe(3);
  });

  test("answers 410 to a life that it does not know once its storage was wiped", async () => {
    const object = await runAggregator(gateway);
    expect(await object.push("a", 1, { orders_total: 2 })).toBe(200);
    await object.wipe();
    expect(await object.push("a", 2, { orders_total: 3 }, 1)).toBe(410);
    expect(await object.push("b", 1, { orders_total: 1 })).toBe(200);
    await gateway.eventually("orders_total", { job: "shop" }).toBe(1);
  });
});
