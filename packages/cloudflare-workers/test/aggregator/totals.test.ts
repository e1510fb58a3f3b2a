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

  test.each([
    ["no text", null, "PUT", "path and body are not texts"],
    ["a list", ["x\n"], "PUT", "path and body are not texts"],
    ["another method", "", "POST", "the method is not PUT or DELETE"],
    ["no method", "", null, "the method is not PUT or DELETE"],
    ["much text", "x".repeat(4_000_001), "PUT", "the body is longer than 4000000 characters"],
  ])("is called with %s: 400, and nothing changes", async (_, body, method, reason) => {
    const object = await runAggregator();
    const take = object.take as (...push: readonly unknown[]) => Promise<unknown>;
    await object.push("a", 1, { orders_total: 2 });
    const refused = { status: 400, body: reason };
    expect(await take("/metrics/job/shop/instance/a", body, method)).toEqual(refused);
    expect(await object.push("a", 2, { orders_total: 3 }, 1)).toBe(200);
  });

  test("is called with a path that is no writer's: 400", async () => {
    const object = await runAggregator();
    const path = `/metrics/job/${"x".repeat(20_000)}/instance/a`;
    expect(await object.take(path, "")).toEqual({
      status: 400,
      body: "the path is longer than 16384 characters",
    });
  });
});
