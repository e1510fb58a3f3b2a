import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { useGateway } from "../../../../test/pushgateway/use-gateway.js";
import { recordingServer } from "../recording-server.js";
import { startLongLived } from "./long-lived.js";

const gateway = useGateway();
const orders = (by: string) => gateway.shown("orders_total", { job: "shop", by });

/** Asks the process, which answers when it is told to finish. */
function ask(port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ port, host: "127.0.0.1" }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode));
    })
      .on("error", reject)
      .end();
  });
}

describe("a process that pushes on an interval", () => {
  test("brings what it counts to the gateway while it runs, under one instance", async () => {
    const shop = await startLongLived(gateway.url);
    await shop.order("inc");
    await gateway.eventually("orders_total", { job: "shop", by: "hand" }).toBe(1);
    await shop.order("inc");
    await gateway.eventually("orders_total", { job: "shop", by: "hand" }).toBe(2);
    expect(await gateway.instances()).toHaveLength(1);
    expect(await gateway.shown("target_info", { process_runtime_name: "nodejs" })).toBe(1);
  });

  test("says in explain() how often it pushes, and how", async () => {
    const shop = await startLongLived(gateway.url);
    expect(JSON.parse(await shop.order("explain"))).toMatchObject({
      mode: "push every 1 s and at the end of the process",
      reason: expect.stringMatching(/^requests are sent by undici 7\.\d+\.\d+$/) as string,
      platform: "node",
      job: "shop",
    });
  });

  test("pushes nothing under a test runner, and says so", async () => {
    const server = await recordingServer();
    const shop = await startLongLived(server.url, [], { PREFREEZE_ACTIVE: "0", NODE_ENV: "test" });
    await shop.order("inc");
    expect(JSON.parse(await shop.order("explain"))).toEqual({
      mode: "inert",
      reason: "this is a test, since NODE_ENV=test is set",
    });
    await shop.order("end");
    expect(await shop.ended).toBe(0);
    expect(server.requests).toEqual([]);
  });

  test("goes on after pushes that fail", async () => {
    let failing = true;
    const server = await recordingServer((response) =>
      response.writeHead(failing ? 503 : 200).end(),
    );
    const shop = await startLongLived(server.url);
    await shop.order("inc");
    await expect.poll(() => server.requests.length).toBeGreaterThan(2);
    failing = false;
    const failed = server.requests.length;
    await expect
      .poll(() => server.requests.slice(failed).some(({ body }) => /orders_total.* 1\n/.test(body)))
      .toBe(true);
  });

  test("pushes now and then although nothing has changed, so that it is seen to live", async () => {
    const server = await recordingServer();
    const shop = await startLongLived(server.url);
    await expect.poll(() => server.requests.length).toBe(1);
    await shop.order("shift");
    await expect.poll(() => server.requests.length).toBe(2);
  });
});

describe("the end of a process that pushes on an interval", () => {
  const slow = { PREFREEZE_INTERVAL_MS: "300000" };

  test.each(["SIGTERM", "SIGINT"] as const)(
    "brings the rest to the gateway, and is that of %s",
    async (signal) => {
      const shop = await startLongLived(gateway.url, [], slow);
      await shop.order("inc");
      shop.process.kill(signal);
      expect(await shop.ended).toBe(signal);
      expect(await orders("hand")).toBe(1);
    },
  );

  test("brings the rest if Ctrl-C comes from the terminal and from npm", async () => {
    const shop = await startLongLived(gateway.url, [], slow);
    await shop.order("inc");
    shop.process.kill("SIGINT");
    shop.process.kill("SIGINT");
    expect(await shop.ended).toBe("SIGINT");
    expect(await orders("hand")).toBe(1);
  });

  test("brings the rest if nothing is left to do, and exits with 0", async () => {
    const shop = await startLongLived(gateway.url, [], slow);
    await shop.order("inc");
    await shop.order("end");
    expect(await shop.ended).toBe(0);
    expect(await orders("hand")).toBe(1);
  });

  test("brings the rest if the program pushes before it exits", async () => {
    const shop = await startLongLived(gateway.url, [], slow);
    await shop.order("inc");
    shop.process.stdin!.write("exit\n");
    expect(await shop.ended).toBe(3);
    expect(await orders("hand")).toBe(1);
  });

  test.each([
    ["exits", 7],
    ["raises", "SIGTERM"],
  ])(
    "brings what open requests count after the signal, if the program %s when they have ended",
    async (how, end) => {
      const shop = await startLongLived(gateway.url, [how], slow);
      await shop.order("inc");
      const asked = ask(shop.port);
      expect(await shop.nextLine()).toBe("asked");
      shop.process.kill("SIGTERM");
      expect(await shop.nextLine()).toBe("heard");
      // The first push after the signal is over.
      await gateway.eventually("orders_total", { job: "shop", by: "hand" }).toBe(1);
      await shop.order("finish");
      expect(await asked).toBe(200);
      expect(await shop.ended).toBe(end);
      expect(await orders("request")).toBe(1);
    },
  );

  test("leaves the process running if another listener does", async () => {
    const shop = await startLongLived(gateway.url, ["stays"], slow);
    await shop.order("inc");
    shop.process.kill("SIGTERM");
    expect(await shop.nextLine()).toBe("heard");
    await gateway.eventually("orders_total", { job: "shop", by: "hand" }).toBe(1);
    expect(await shop.order("inc")).toBe("done");
  });

  test("waits for a gateway that hangs for 1.5 seconds, and for no second signal by hand", async () => {
    const server = await recordingServer(() => undefined);
    const patient = await startLongLived(server.url, [], slow);
    const impatient = await startLongLived(server.url, [], slow);
    for (const shop of [patient, impatient]) await shop.order("inc");
    const startedMs = performance.now();
    for (const shop of [patient, impatient]) shop.process.kill("SIGINT");
    await expect.poll(() => server.requests.length).toBe(2);
    // Two signals within a quarter of a second are one.
    await new Promise((resolve) => setTimeout(resolve, 300));
    impatient.process.kill("SIGINT");
    expect(await impatient.ended).toBe("SIGINT");
    const impatientMs = performance.now() - startedMs;
    expect(await patient.ended).toBe("SIGINT");
    expect(performance.now() - startedMs).toBeGreaterThan(1_400);
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    expect(impatientMs).toBeLessThan(1_400);
  });

  test("brings what worker threads have counted, each under an instance of its own", async () => {
    const shop = await startLongLived(gateway.url, ["thread"], slow);
    await shop.order("inc");
    shop.process.kill("SIGTERM");
    expect(await shop.ended).toBe("SIGTERM");
    expect(await orders("hand")).toBe(1);
    expect(await orders("thread")).toBe(1);
    expect(await gateway.instances()).toHaveLength(2);
  });

  test("brings what a program counts that goes on when nothing was left to do", async () => {
    const shop = await startLongLived(gateway.url, ["goes-on"], slow);
    await shop.order("inc");
    await shop.order("end");
    expect(await shop.ended).toBe(0);
    expect(await orders("more")).toBe(3);
  });

  test("comes although process metrics change with each push", async () => {
    const server = await recordingServer();
    const shop = await startLongLived(server.url, ["goes-on", "measured"], slow);
    await shop.order("inc");
    await shop.order("end");
    expect(await shop.ended).toBe(0);
    expect(server.requests.length).toBeLessThanOrEqual(2);
  });

  test("gives up a gateway that fails, however often the program goes on", async () => {
    const server = await recordingServer((response) => response.writeHead(503).end());
    const shop = await startLongLived(server.url, ["goes-on"], slow);
    await shop.order("inc");
    await shop.order("end");
    expect(await shop.ended).toBe(0);
    // The gateway fails: the push and its retry.
    expect(server.requests.length).toBeLessThanOrEqual(2);
  });

  test("has the exit code that is set while it exits, after a signal that it has outlived", async () => {
    const server = await recordingServer(() => undefined);
    const shop = await startLongLived(server.url, ["stays", "exit-code"], slow);
    await shop.order("inc");
    shop.process.kill("SIGTERM");
    expect(await shop.nextLine()).toBe("heard");
    await shop.order("end");
    expect(await shop.ended).toBe(5);
  });

  test("does not wait for worker threads that were terminated", async () => {
    const shop = await startLongLived(gateway.url, ["gone-thread"], slow);
    await shop.order("inc");
    const startedMs = performance.now();
    shop.process.kill("SIGTERM");
    expect(await shop.ended).toBe("SIGTERM");
    expect(performance.now() - startedMs).toBeLessThan(1_400);
    expect(await orders("hand")).toBe(1);
  });
});
