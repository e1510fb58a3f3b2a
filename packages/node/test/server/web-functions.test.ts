import { describe, expect, test } from "vitest";
import { useGateway } from "../../../../test/pushgateway/use-gateway.js";
import { recordingServer } from "../recording-server.js";
import { startWebHost } from "./web-host.js";

const gateway = useGateway();

describe("a Web Function of AWS Lambda", () => {
  test("counts its requests as invocations, each with what it has recorded itself", async () => {
    const host = await startWebHost(gateway.url);
    expect(await host.ask("/", "a")).toEqual({ status: 200, id: "a", coldStart: true, orders: 1 });
    const first = host.ask("/wait", "b");
    expect(await host.nextLine()).toBe("waits");
    const second = host.ask("/broken", "c");
    expect(await first).toEqual({ status: 200, id: "b", coldStart: false, orders: 1 });
    expect(await second).toEqual({ status: 500, id: "c", coldStart: false, orders: 1 });
    host.thaw();

    const http = { job: "web-shop", faas_trigger: "http" };
    await gateway.eventually("faas_invocations_total", http).toBe(2);
    await gateway.eventually("faas_errors_total", { ...http, error_type: "500" }).toBe(1);
    await gateway.eventually("orders_total", { job: "web-shop" }).toBe(3);
    expect(await gateway.shown("faas_coldstarts_total", http)).toBe(1);
    expect(await gateway.shown("faas_invoke_duration_seconds_count", http)).toBe(3);
    expect(
      await gateway.shown("target_info", { cloud_platform: "aws_lambda", faas_name: "web-shop" }),
    ).toBe(1);
    expect(
      await gateway.shown("http_server_request_duration_seconds_count", {
        http_response_status_code: "200",
      }),
    ).toBe(2);
  });

  test("loses nothing although it is frozen after each response, and pushes at SIGTERM", async () => {
    const host = await startWebHost(gateway.url);
    for (let i = 0; i < 5; i++) expect((await host.ask("/", `${i}`)).status).toBe(200);
    const { end, tookMs } = await host.terminate();
    expect(end).toBe("SIGTERM");
    expect(tookMs).toBeLessThan(1_000);
    expect(await gateway.shown("faas_invocations_total", { faas_trigger: "http" })).toBe(5);
    expect(await gateway.instances()).toHaveLength(1);
  });

  test("pushes after the response, before the timer is due", async () => {
    const host = await startWebHost(gateway.url);
    expect(await host.ask("/", "a")).toMatchObject({ status: 200 });
    host.thaw();
    await gateway.eventually("orders_total", { job: "web-shop" }).toBe(1);
  });

  test("ends within a second of SIGTERM although the gateway hangs", async () => {
    const server = await recordingServer(() => undefined);
    const host = await startWebHost(server.url);
    expect((await host.ask("/", "a")).status).toBe(200);
    const { end, tookMs } = await host.terminate();
    expect(end).toBe("SIGTERM");
    expect(tookMs).toBeLessThan(1_000);
  });
});
