import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { useGateway } from "../../../../test/pushgateway/use-gateway.js";
import { fixture } from "../run-worker.js";
import { runAggregator } from "./run-aggregator.js";

const gateway = useGateway();

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "prefreeze-object-"));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

describe("what an aggregator object stores", { timeout: 30_000 }, () => {
  test("outlasts the process, and a pending alarm rings in the next one", async () => {
    const storage = await folder();
    const first = await runAggregator(undefined, { storage });
    expect(await first.push("a", 1, { orders_total: 2 })).toBe(200);
    await first.stop();
    const second = await runAggregator({ url: "http://127.0.0.1:1" }, { storage });
    expect(await second.push("a", 2, { orders_total: 3 }, 1)).toBe(200);
    await expect.poll(() => second.logs(), { timeout: 10_000 }).toContain("the totals are kept");
    await second.stop();
    // Nothing but its alarm wakes the third one.
    await runAggregator(gateway, { storage });
    await gateway.eventually("orders_total", { job: "shop" }).toBe(3);
  });

  test("is one row for a push that brings nothing new", async () => {
    const object = await runAggregator();
    await object.push("a", 1, { orders_total: 2, refunds_total: 1 });
    await object.sql(
      `CREATE TABLE writes (name TEXT);
       CREATE TRIGGER inserted AFTER INSERT ON prefreeze_pieces BEGIN INSERT INTO writes VALUES (new.name); END;
       CREATE TRIGGER deleted AFTER DELETE ON prefreeze_pieces BEGIN INSERT INTO writes VALUES (old.name); END`,
    );
    await object.push("a", 2, { orders_total: 3, refunds_total: 1 }, 1);
    await object.push("a", 3, { orders_total: 4, refunds_total: 2 }, 2);
    await object.push("b", 1, { orders_total: 1, refunds_total: 1 });
    expect(await object.sql("SELECT name FROM writes")).toEqual([
      { name: expect.stringMatching(/^l\/1\/\d+$/) },
      { name: expect.stringMatching(/^l\/1\/\d+$/) },
      { name: expect.stringMatching(/^l\/1\/\d+$/) },
    ]);
  });

  test("is left alone if a newer version has written it: pushes are answered 503, and one warning says so", async () => {
    const object = await runAggregator(gateway);
    await object.push("a", 1, { orders_total: 2 });
    await object.sql("UPDATE prefreeze_about SET value = 2");
    await object.abort();
    expect(await object.push("a", 2, { orders_total: 3 }, 1)).toBe(503);
    expect(await object.push("a", 3, { orders_total: 3 }, 1)).toBe(503);
    expect(object.logs()).toBe(
      "prefreeze: the aggregator's state cannot be read: it has format 2, and this version reads 1: deploy the version that wrote it",
    );
    await object.sql("UPDATE prefreeze_about SET value = 1");
    expect(await object.push("a", 4, { orders_total: 4 }, 1)).toBe(200);
    await gateway.eventually("orders_total", { job: "shop" }).toBe(4);
  });

  test("cannot be written for a while: 503, and then nothing is lost or counted twice", async () => {
    const object = await runAggregator(gateway);
    await object.push("a", 1, { orders_total: 1 });
    await gateway.eventually("orders_total", { job: "shop" }).toBe(1);
    await object.sql(
      "CREATE TRIGGER broken BEFORE INSERT ON prefreeze_pieces BEGIN SELECT RAISE(ABORT, 'disk full'); END",
    );
    expect(await object.push("a", 2, { orders_total: 3 }, 1)).toBe(503);
    expect(await object.push("b", 1, { orders_total: 10 })).toBe(503);
    await object.ring();
    // What is not durable is not shown.
    expect(await gateway.shown("orders_total", { job: "shop" })).toBe(1);
    await object.sql("DROP TRIGGER broken");
    expect(await object.push("a", 3, { orders_total: 3 }, 1)).toBe(200);
    await object.abort();
    expect(await object.push("b", 2, { orders_total: 11 }, 1)).toBe(200);
    await gateway.eventually("orders_total", { job: "shop" }).toBe(14);
    expect(object.logs()).toContain("the aggregator's state cannot be written: ");
  });

  test("is nothing of what other code has put on Object.prototype", async () => {
    const object = await runAggregator(gateway, { entry: fixture("polluted-aggregator.ts") });
    expect(await object.push("a", 1, { orders_total: 2 })).toBe(200);
    await object.abort();
    expect(await object.push("a", 2, { orders_total: 3 }, 1)).toBe(200);
    await gateway.eventually("orders_total", { job: "shop" }).toBe(3);
    expect(object.logs()).toBe("");
    const unset = await runAggregator(undefined, { entry: fixture("polluted-aggregator.ts") });
    expect(await unset.push("a", 1, { orders_total: 2 })).toBe(200);
  });

  test("may be longer than a row", async () => {
    const object = await runAggregator();
    const help = "x".repeat(2_500_000);
    const text = (sequence: number) =>
      `# HELP orders_total ${help}\n# TYPE orders_total counter\norders_total ${sequence}\n# HELP prefreeze_snapshot_sequence Pushes.\n# TYPE prefreeze_snapshot_sequence gauge\nprefreeze_snapshot_sequence ${sequence}\n`;
    const path = "/metrics/job/shop/instance/a";
    expect(await object.take(path, text(1))).toEqual({ status: 200, body: "" });
    await object.abort();
    expect(await object.take(path, `${text(2)}# ACKNOWLEDGED 1\n`)).toEqual({
      status: 200,
      body: "",
    });
  });

  test.each(["2025-12-01", "2026-04-01"])(
    "was wiped, at compatibility date %s: lives go on as new ones, and the next push comes by itself",
    async (compatibilityDate) => {
      const object = await runAggregator(gateway, { compatibilityDate });
      expect(await object.push("a", 1, { orders_total: 2 })).toBe(200);
      await gateway.eventually("orders_total", { job: "shop" }).toBe(2);
      await object.wipe();
      expect(await object.push("a", 2, { orders_total: 3 }, 1)).toBe(410);
      await object.wipe();
      await object.ring();
      expect(await object.push("b", 1, { orders_total: 1 })).toBe(200);
      await gateway.eventually("orders_total", { job: "shop" }).toBe(1);
      expect(object.logs()).toBe("");
    },
  );
});
