import type { ServerResponse } from "node:http";
import { describe, expect, test } from "vitest";
import { hangingGateway } from "../../../../test/pushgateway/broken-gateways.js";
import { forwardingGateway } from "../../../../test/pushgateway/forwarding.js";
import { parseText, sample } from "../../../../test/pushgateway/parse.js";
import { useGateway } from "../../../../test/pushgateway/use-gateway.js";
import { snapshot } from "../../../aggregator/test/snapshot.js";
import { startReceiver } from "../../../core/test/receiver.js";
import { runAggregator } from "./run-aggregator.js";

const gateway = useGateway();
const MINUTE_MS = 60_000;

describe("an aggregator object whose gateway", { timeout: 60_000 }, () => {
  test("is away for an hour keeps all, and pushes it when the gateway is back", async () => {
    let isAway = true;
    const between = await startReceiver((response) => {
      if (isAway) response.destroy();
      else response.end();
    });
    const object = await runAggregator(between);
    for (let minute = 0; minute < 60; minute += 5) {
      expect(await object.push("a", minute + 1, { orders_total: minute })).toBe(200);
      await object.ring(minute * MINUTE_MS);
    }
    isAway = false;
    // First the new series shows zero.
    await object.ring(65 * MINUTE_MS);
    await object.ring(66 * MINUTE_MS);
    expect(sample(parseText(between.received.at(-1)!.body.toString()), "orders_total")).toBe(55);
    expect(object.warnings()).toEqual([
      expect.stringMatching(
        /^prefreeze: push to http:\S+ failed: .+; the totals are kept, and pushed when it is back$/,
      ),
      expect.stringMatching(/^prefreeze: push to http:\S+ succeeded again$/),
    ]);
  });

  test("restarts without its groups gets them back within five minutes", async () => {
    const received = await startReceiver();
    const object = await runAggregator(received);
    await object.push("a", 1, { orders_total: 1 });
    const puts = () => received.received.filter(({ method }) => method === "PUT").length;
    // The zero, and the value.
    await expect.poll(puts, { timeout: 10_000 }).toBe(2);
    await object.ring(3 * MINUTE_MS);
    expect(puts()).toBe(2);
    await object.ring(4 * MINUTE_MS + 1_000);
    expect(puts()).toBe(3);
  });

  test("hangs takes pushes at once, and gives a push up after 10 seconds", async () => {
    const object = await runAggregator({ url: await hangingGateway() });
    await object.push("a", 1, { orders_total: 1 });
    const rung = object.ring(2_000);
    for (let sequence = 2; sequence < 6; sequence++) {
      const startedMs = performance.now();
      expect(await object.push("a", sequence, { orders_total: sequence })).toBe(200);
      expect(performance.now() - startedMs).toBeLessThan(1_000);
    }
    await rung;
    expect(object.logs()).toContain("failed: no answer within 10000 ms");
  });

  test("has applied an old push late shows the newest in the end", async () => {
    let release = (): void => undefined;
    const asked = new Promise<void>((resolve) => (release = resolve));
    let held = 0;
    const between = await forwardingGateway(gateway.url, async (request) => {
      // First the object asks whether the gateway is there, then it pushes.
      if (request === 2) {
        held = request;
        await asked;
        await new Promise((resolve) => void setTimeout(resolve, 200));
      }
      // It asks again before it pushes again: by now, the old push is on its way.
      if (request === 3) release();
    });
    const object = await runAggregator(between);
    await object.push("a", 1, { orders_total: 1 });
    await expect.poll(() => held, { timeout: 10_000 }).toBe(2);
    await object.push("a", 2, { orders_total: 2 }, 1);
    await expect
      .poll(() => gateway.shown("orders_total", { job: "shop" }), { timeout: 30_000 })
      .toBe(2);
    await new Promise((resolve) => void setTimeout(resolve, 1_000));
    expect(await gateway.shown("orders_total", { job: "shop" })).toBe(2);
  });

  test("takes a second push while the object restarts has it in the end", async () => {
    let arrived = 0;
    const between = await forwardingGateway(gateway.url, (request) => {
      arrived = request;
      // The first push stays without an answer.
      return request !== 2;
    });
    const object = await runAggregator(between);
    await object.push("a", 1, { orders_total: 1 });
    await expect.poll(() => arrived, { timeout: 10_000 }).toBe(2);
    await object.abort();
    await gateway.eventually("orders_total", { job: "shop" }).toBe(1);
  });

  test.each([
    [
      "asks for a password",
      401,
      "no entry",
      /was refused: HTTP 401: no entry; set PUSHGATEWAY_USERNAME and /,
    ],
    [
      "is a web page",
      200,
      "<html><title>Welcome</title>",
      /was refused: HTTP 200: Welcome; this is no Pushgateway: check PUSHGATEWAY_URL/,
    ],
  ])("%s is told of in one warning", async (_, status, body, warning) => {
    const received = await startReceiver((response, { method }) => {
      response.statusCode = method === "PUT" ? status : 200;
      response.end(method === "PUT" ? body : "");
    });
    const object = await runAggregator(received);
    await object.push("a", 1, { orders_total: 1 });
    await expect.poll(() => received.received.length, { timeout: 20_000 }).toBeGreaterThan(3);
    expect(object.logs()).toMatch(warning);
    expect(object.warnings()).toHaveLength(1);
  });

  test.each([
    ["answers 502", (response: ServerResponse) => void response.writeHead(502).end()],
    ["does not answer", (response: ServerResponse) => void response.destroy()],
  ])("%s to one group gets the others", async (_, fail) => {
    const received = await startReceiver((response, { method, path }) => {
      if (method === "PUT" && path.includes("/job/bad/")) fail(response);
      else response.end();
    });
    const object = await runAggregator(received);
    const push = (job: string, sequence: number) =>
      object.take(`/metrics/job/${job}/instance/a`, snapshot(sequence, { orders_total: sequence }));
    for (let sequence = 1; sequence < 8; sequence++) {
      await push("bad", sequence);
      await object.ring(10 * sequence * MINUTE_MS);
      await push("good", sequence);
    }
    const newest = received.received.findLast(({ path }) => path.includes("/job/good/"));
    expect(sample(parseText(newest?.body.toString() ?? ""), "orders_total")).toBeGreaterThanOrEqual(
      4,
    );
  });

  test("takes what changes while it takes a group that it refused before", async () => {
    let puts = 0;
    let answer = (): void => undefined;
    const received = await startReceiver((response, { method }) => {
      if (method === "PUT") puts++;
      if (method === "PUT" && puts === 3) response.statusCode = 400;
      answer = () => void response.end();
      if (puts !== 4) answer();
    });
    const object = await runAggregator(received);
    await object.push("a", 1, { orders_total: 1 });
    // The zero, and the value.
    await expect.poll(() => puts, { timeout: 10_000 }).toBe(2);
    await object.push("a", 2, { orders_total: 2 }, 1);
    await expect.poll(() => puts, { timeout: 10_000 }).toBe(4);
    await object.push("a", 3, { orders_total: 3 }, 2);
    answer();
    const newest = () => received.received.at(-1)?.body.toString();
    await expect.poll(newest, { timeout: 10_000 }).toContain("orders_total 3\n");
  });

  test("refuses a metric gets the others", async () => {
    await fetch(`${gateway.url}/metrics/job/elsewhere`, {
      method: "PUT",
      body: "# TYPE orders_total gauge\norders_total 1\n",
    });
    const object = await runAggregator(gateway);
    await object.push("a", 1, { orders_total: 3, refunds_total: 2 });
    await gateway.eventually("refunds_total", { job: "shop" }).toBe(2);
    expect(await gateway.shown("orders_total", { job: "shop" })).toBeUndefined();
    expect(object.logs()).toMatch(/metric "orders_total" of \/metrics\/job\/shop\S* is left out/);
  });

  test("has no address keeps all, and one warning says so", async () => {
    const object = await runAggregator();
    expect(await object.push("a", 1, { orders_total: 3 })).toBe(200);
    expect(await object.push("b", 1, { orders_total: 3 })).toBe(200);
    await object.abort();
    expect(await object.push("b", 2, { orders_total: 4 }, 1)).toBe(200);
    expect(object.logs()).toBe(
      "prefreeze: the aggregator object has no PUSHGATEWAY_URL: it adds up what it gets, and pushes nothing",
    );
  });

  test("is one of several stays with it", async () => {
    const [one, two] = [await startReceiver(), await startReceiver()];
    const url = `${one.url},${two.url}`;
    const object = await runAggregator({ url });
    await object.push("a", 1, { orders_total: 3 });
    const all = () => one.received.length + two.received.length;
    await expect.poll(all, { timeout: 10_000 }).toBeGreaterThan(2);
    await object.abort();
    await object.push("a", 2, { orders_total: 4 }, 1);
    await expect.poll(all, { timeout: 10_000 }).toBeGreaterThan(4);
    expect([one.received.length, two.received.length]).toContain(0);
  });
});

describe("the group of an aggregator object", { timeout: 30_000 }, () => {
  test("shows a new series as zero for two scrapes", async () => {
    const received = await startReceiver();
    const object = await runAggregator(received, {
      bindings: { PREFREEZE_SCRAPE_INTERVAL_MS: "60000" },
    });
    const shown = () =>
      sample(parseText(received.received.at(-1)?.body.toString() ?? ""), "orders_total");
    await object.push("a", 1, { orders_total: 3 });
    await expect.poll(shown, { timeout: 10_000 }).toBe(0);
    await object.ring(MINUTE_MS);
    expect(shown()).toBe(0);
    await object.ring(2 * MINUTE_MS + 2_000);
    expect(shown()).toBe(3);
  });

  test("is another one for each shard", async () => {
    const one = await runAggregator(gateway);
    const two = one.shard("prefreeze-1");
    await one.push("a", 1, { orders_total: 3 });
    await two.push("b", 1, { orders_total: 4 });
    await gateway.eventually("orders_total", { job: "shop" }).toBe(7);
    const groups = (await gateway.metrics()).matchAll(/orders_total\{aggregator="([^"]+)"/g);
    expect(new Set([...groups].map(([, name]) => name)).size).toBe(2);
  });

  test("may not have the label by which shards are told apart", async () => {
    const object = await runAggregator(gateway);
    expect(await object.take("/metrics/job/shop/instance/a/aggregator/x", "")).toEqual({
      status: 400,
      body: `the grouping label "aggregator" is the aggregator's own: rename yours`,
    });
  });

  test("is no longer that of a life that was deleted, and keeps what it has counted", async () => {
    const object = await runAggregator(gateway);
    const path = "/metrics/job/shop/instance/a";
    await object.push("a", 1, { orders_total: 3 });
    expect(await object.take(path, "", "DELETE")).toEqual({ status: 202, body: "" });
    expect(await object.take(path, "", "DELETE")).toEqual({ status: 202, body: "" });
    await gateway.eventually("orders_total", { job: "shop" }).toBe(3);
    await gateway.eventually("prefreeze_instances", { job: "shop" }).toBe(0);
    expect(await object.push("a", 2, { orders_total: 4 }, 1)).toBe(410);
  });
});
