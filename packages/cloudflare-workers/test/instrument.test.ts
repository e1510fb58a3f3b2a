import { build } from "esbuild";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";
import type { Worker, WorkerOptions } from "../../../test/workers/worker.js";
import { forwardingGateway } from "../../../test/pushgateway/forwarding.js";
import { fixture, runWorker, warnings } from "./run-worker.js";

const gateway = useGateway();
const { shown, eventually, instances } = gateway;

const run = (entry: string, options: WorkerOptions = {}) =>
  runWorker(entry, { gateway, ...options });

describe("fetch", { timeout: 30_000 }, () => {
  test("answers without waiting for a gateway that never answers", async () => {
    const slow = await forwardingGateway(gateway.url, () => false);
    const worker = await run("shop.ts", {
      bindings: { PUSHGATEWAY_URL: slow.url, PREFREEZE_FLUSH_TIMEOUT_MS: "30000" },
    });
    await worker.fetch("/?plan=pro");
    await expect.poll(slow.pushes).toBe(1);
    const startedMs = performance.now();
    expect(await (await worker.fetch("/?plan=pro")).text()).toBe("ok");
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });
});

describe("fetch that gives no answer", { timeout: 30_000 }, () => {
  test.each(["undefined", "text", "object"])(
    "but %s has failed, as its client sees",
    async (returned) => {
      const worker = await run("odd-answers.ts");
      expect((await worker.fetch(`/${returned}`)).status).toBe(500);
      await eventually("faas_errors_total", { error_type: "NoResponse" }).toBe(1);
      expect(await shown("faas_invocations_total")).toBe(0);
    },
  );

  test("but throws a Response has failed, since the runtime answers 500", async () => {
    const worker = await run("odd-answers.ts");
    expect((await worker.fetch("/thrown")).status).toBe(500);
    await eventually("faas_errors_total", { error_type: "object" }).toBe(1);
  });

  test("but throws before it returns a promise throws to its caller at once, and is counted", async () => {
    const worker = await run("odd-answers.ts");
    expect(await (await worker.fetch("/caught")).text()).toBe("caught at once: broken");
    await eventually("faas_errors_total", { error_type: "RangeError" }).toBe(1);
  });
});

describe("scheduled", { timeout: 30_000 }, () => {
  test("has the trigger timer", async () => {
    const worker = await run("shop.ts");
    expect(await worker.scheduled()).toBe("ok");
    await eventually("faas_invocations_total", { faas_trigger: "timer" }).toBe(1);
    expect(await shown("backlog_messages")).toBe(3);
  });

  test("fails if its handler throws, and is counted", async () => {
    const worker = await run("shop.ts");
    expect(await worker.scheduled("throw")).toBe("exception");
    await eventually("faas_errors_total", { faas_trigger: "timer", error_type: "OutOfStock" }).toBe(
      1,
    );
  });
});

describe("sixty concurrent requests", { timeout: 60_000 }, () => {
  const plans = Array.from({ length: 60 }, (_, i) => `plan-${i}`);

  test.each([true, "nodejs_als", false] as const)(
    "with nodejsCompat %s are all counted at the gateway, in a few pushes",
    async (nodejsCompat) => {
      const counting = await forwardingGateway(gateway.url);
      const worker = await run("shop.ts", {
        nodejsCompat,
        // A busy machine may need more than the second that a push has by default.
        bindings: { PUSHGATEWAY_URL: counting.url, PREFREEZE_FLUSH_TIMEOUT_MS: "20000" },
      });
      await Promise.all(plans.map((plan) => worker.fetch(`/slowly?plan=${plan}`)));
      await eventually("faas_invocations_total").toBe(60);
      for (const plan of plans) expect(await shown("orders_total", { plan })).toBe(3);
      expect(await shown("faas_invoke_duration_seconds_count")).toBe(60);
      expect(await shown("faas_coldstarts_total")).toBe(1);
      expect(await shown("faas_errors_total")).toBe(0);
      expect((await instances()).length).toBe(1);
      expect(counting.pushes()).toBeLessThan(30);
      expect(warnings(worker)).toEqual([]);
    },
  );

  test.each([true, "nodejs_als"] as const)(
    "with nodejsCompat %s each see only their own recordings",
    async (nodejsCompat) => {
      const worker = await run("shop.ts", { nodejsCompat });
      const responses = await Promise.all(
        plans.map((plan) => worker.fetch(`/slowly?plan=${plan}`)),
      );
      const seen = (await Promise.all(responses.map((response) => response.json()))) as {
        id: string;
      }[];
      expect(seen).toEqual(
        plans.map((plan) => ({ id: expect.any(String), trigger: "http", recorded: [[plan, 3]] })),
      );
      expect(new Set(seen.map(({ id }) => id)).size).toBe(60);
      const ended = (await (await worker.fetch("/ended")).json()) as string[][];
      expect(ended.flat().sort()).toEqual([...plans].sort());
      expect(ended.every(({ length }) => length === 1)).toBe(true);
    },
  );

  test("without AsyncLocalStorage see no recordings instead of those of another request", async () => {
    const worker = await run("shop.ts", { nodejsCompat: false });
    const responses = await Promise.all(plans.map((plan) => worker.fetch(`/slowly?plan=${plan}`)));
    const seen = (await Promise.all(responses.map((response) => response.json()))) as {
      recorded?: [string, number][];
    }[];
    const others = seen.filter(({ recorded }, i) => recorded?.some(([plan]) => plan !== plans[i]));
    expect(others).toEqual([]);
    const alone = await (await worker.fetch("/slowly?plan=alone")).json();
    expect(alone).toMatchObject({ recorded: [["alone", 3]] });
  });

  test("find AsyncLocalStorage in a minified bundle as well", async () => {
    const outdir = await mkdtemp(join(tmpdir(), "prefreeze-worker-"));
    onTestFinished(() => rm(outdir, { recursive: true }));
    const outfile = join(outdir, "shop.js");
    const { warnings: told } = await build({
      entryPoints: [fixture("shop.ts")],
      outfile,
      bundle: true,
      minify: true,
      format: "esm",
      platform: "neutral",
    });
    expect(told).toEqual([]);
    const worker = await run("shop.ts", { entry: outfile });
    const both = await Promise.all(["a", "b"].map((plan) => worker.fetch(`/slowly?plan=${plan}`)));
    const [a, b] = await Promise.all(both.map((response) => response.json()));
    expect([a, b]).toMatchObject([{ recorded: [["a", 3]] }, { recorded: [["b", 3]] }]);
  });
});

describe("a push that hangs", { timeout: 30_000 }, () => {
  const bindings = { PREFREEZE_FLUSH_TIMEOUT_MS: "500" };

  /** Sends requests one after another, since each may push what the one before had no time for. */
  async function eventuallyAllOf(worker: Worker, sentBefore: number): Promise<void> {
    let sent = sentBefore;
    const sendAndLook = async () => {
      await worker.fetch("/?plan=pro");
      sent += 1;
      return shown("orders_total");
    };
    await expect.poll(sendAndLook, { timeout: 10_000, interval: 100 }).toBeGreaterThan(sentBefore);
    await eventually("orders_total").toBe(sent);
  }

  test("does not stop the pushes of the next requests", async () => {
    const first = await forwardingGateway(gateway.url, (push) => push > 1);
    const worker = await run("shop.ts", { bindings: { ...bindings, PUSHGATEWAY_URL: first.url } });
    await worker.fetch("/?plan=pro");
    await expect.poll(first.pushes).toBe(1);
    await eventuallyAllOf(worker, 1);
    await expect.poll(() => warnings(worker)[0]).toContain("no answer");
  });

  test("in a request that has ended does not stop the pushes of the next requests either", async () => {
    let hangs = true;
    const gated = await forwardingGateway(gateway.url, () => !hangs);
    const worker = await run("lost-context.ts", {
      bindings: { ...bindings, PUSHGATEWAY_URL: gated.url },
    });
    await worker.fetch("/lost?plan=pro");
    hangs = false;
    await eventuallyAllOf(worker, 1);
    // In workerd, aborting the fetch of another request throws.
    expect(worker.logs()).not.toContain("Cannot perform I/O");
  });
});

describe("an object of handlers", { timeout: 30_000 }, () => {
  test("with methods on its prototype and private fields keeps its `this`", async () => {
    const worker = await run("app.ts");
    expect(await (await worker.fetch("/")).json()).toEqual({
      greeting: "hello",
      isApp: true,
    });
    expect(await worker.scheduled()).toBe("ok");
    await eventually("orders_total", { plan: "hello by schedule" }).toBe(1);
    expect(await shown("orders_total", { plan: "fetched" })).toBe(1);
  });

  test.each(["plain", "class", "frozen", "spread"])(
    "if it is %s, serves its queue and its schedule, with its own `this`",
    async (shape) => {
      const worker = await run("all-handlers.ts", { queue: "QUEUE", bindings: { SHAPE: shape } });
      expect(await (await worker.fetch("/send")).text()).toBe("sent");
      await expect.poll(() => worker.logs(), { timeout: 10_000 }).toContain("queue got 1 of mine");
      await eventually("faas_invocations_total", { faas_trigger: "pubsub" }).toBe(1);
      const scheduled = async () => {
        expect(await worker.scheduled()).toBe("ok");
        return shown("faas_invocations_total", { faas_trigger: "timer" });
      };
      await expect.poll(scheduled, { timeout: 10_000 }).toBeGreaterThan(0);
      expect(worker.logs()).toContain("scheduled of mine");
      expect(await shown("faas_invocations_total", { faas_trigger: "http" })).toBe(1);
      expect(warnings(worker)).toEqual([]);
    },
  );

  test.each(["plain", "frozen"])(
    "if it is %s, serves its methods to other Workers",
    async (shape) => {
      const worker = await run("rpc-caller.ts", {
        services: { SHOP: fixture("all-handlers.ts") },
        bindings: { SHAPE: shape },
      });
      expect(await (await worker.fetch("/")).json()).toEqual({ sum: 42, fetched: "sent" });
      await eventually("faas_invocations_total").toBe(1);
    },
  );
});

describe("a setting", { timeout: 30_000 }, () => {
  test("PREFREEZE_DISABLED leaves the handlers as they are", async () => {
    const worker = await run("shop.ts", { bindings: { PREFREEZE_DISABLED: "1" } });
    expect(await (await worker.fetch("/explain")).json()).toMatchObject({ mode: "inert" });
    expect((await worker.fetch("/throw")).status).toBe(500);
    expect(await worker.scheduled()).toBe("ok");
    expect((await instances()).length).toBe(0);
    expect(warnings(worker)).toEqual([]);
  });

  test("that could break the gateway is named in one warning, and the Worker still runs", async () => {
    const worker = await run("grouping.ts");
    expect(await (await worker.fetch("/")).text()).toBe("ok");
    await worker.fetch("/");
    await expect
      .poll(() => warnings(worker))
      .toEqual([expect.stringContaining('grouping label "le"')]);
    expect((await instances()).length).toBe(0);
  });
});
