import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { Counter, Pushgateway, Registry } from "prom-client";
import { expect, onTestFinished, test } from "vitest";
import { fetchWithDependencies } from "../../../test/pushgateway/fetch.mjs";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";
import { startChild } from "./child-aggregator.js";
import { snapshot } from "./snapshot.js";
import { ask, start, stateFolder } from "./use-aggregator.js";
import { leavingServer } from "../../../test/loopback/leaving-server.js";

const gateway = useGateway();
const run = promisify(execFile);

test("prom-client pushes beside it as to the gateway", async () => {
  const { url } = await start({ pushgateway: gateway.url });
  const registry = new Registry();
  const jobs = new Counter({ name: "batch_jobs_total", help: "Jobs.", registers: [registry] });
  jobs.inc(3);
  const client = new Pushgateway(url, {}, registry);
  await client.pushAdd({ jobName: "batch", groupings: { instance: "one" } });
  expect(await gateway.shown("batch_jobs_total", { job: "batch", instance: "one" })).toBe(3);
  jobs.inc();
  await client.push({ jobName: "batch", groupings: { instance: "one" } });
  expect(await gateway.shown("batch_jobs_total", { job: "batch" })).toBe(4);
  await client.delete({ jobName: "batch", groupings: { instance: "one" } });
  await gateway.eventually("batch_jobs_total").toBeUndefined();
});

test(
  "Python's prometheus_client pushes beside it as to the gateway",
  { timeout: 120_000 },
  async ({ skip }) => {
    const folder = await fetchWithDependencies(
      ["python3-prometheus-client"],
      "python-client",
    ).catch((error: Error) =>
      skip(`Debian's python3-prometheus-client cannot be fetched: ${error.message}`),
    );
    const { url } = await start({ pushgateway: gateway.url });
    const program = `
from prometheus_client import CollectorRegistry, Counter, push_to_gateway, pushadd_to_gateway, delete_from_gateway
registry = CollectorRegistry()
Counter("batch_jobs", "Jobs.", registry=registry).inc(3)
key = {"instance": "a/b"}
push_to_gateway("${url}", job="batch", grouping_key=key, registry=registry)
push_to_gateway("${url}", job="gone", grouping_key=key, registry=registry)
delete_from_gateway("${url}", job="gone", grouping_key=key)
registry = CollectorRegistry()
Counter("batch_rows", "Rows.", registry=registry).inc(7)
pushadd_to_gateway("${url}", job="batch", grouping_key=key, registry=registry)
`;
    await run("python3", ["-c", program], {
      env: { ...process.env, PYTHONPATH: `${folder}/usr/lib/python3/dist-packages` },
    });
    await gateway.eventually("batch_jobs_total", { job: "gone" }).toBeUndefined();
    expect(await gateway.shown("batch_jobs_total", { job: "batch", instance: "a/b" })).toBe(3);
    expect(await gateway.shown("batch_rows_total", { job: "batch", instance: "a/b" })).toBe(7);
  },
);

test("curl pushes beside it, whatever the path", async () => {
  const { url } = await start({ pushgateway: gateway.url });
  const curl = async (...more: string[]) =>
    (await run("curl", ["-s", "-o", "/dev/null", "-w", "%{http_code}", ...more])).stdout;
  const body = ["--data-binary", "disk_bytes 5\n"];
  expect(await curl("-X", "PUT", ...body, `${url}/metrics/job/disk/instance/a.b`)).toBe("200");
  expect(await gateway.shown("disk_bytes", { instance: "a.b" })).toBe(5);
  expect(await curl("-X", "PUT", ...body, `${url}/metrics/job/disk/instance@base64/YS9i`)).toBe(
    "200",
  );
  expect(await gateway.shown("disk_bytes", { instance: "a/b" })).toBe(5);
  // The gateway's own refusals come back as they are.
  for (const path of ["/metrics/job/disk/odd", "//metrics/job/disk", "/metrics/job"]) {
    expect(await curl("--path-as-is", "-X", "PUT", ...body, url + path)).toBe(
      await curl("--path-as-is", "-X", "PUT", ...body, gateway.url + path),
    );
  }
  expect(await curl("-X", "DELETE", `${url}/metrics/job/disk/instance/a.b`)).toBe("202");
});

test("the API of the gateway answers through it", async () => {
  const { url } = await start({ pushgateway: gateway.url });
  const [status, text] = await ask("GET", `${url}/api/v1/status`);
  expect([status, JSON.parse(text)]).toMatchObject([200, { status: "success" }]);
});

test("a life that is deleted is forgotten, and its values stay", async () => {
  const { url } = await start({ pushgateway: gateway.url });
  await ask("PUT", `${url}/metrics/job/shop/instance/a`, snapshot(1, { orders_total: 3 }));
  expect(await ask("DELETE", `${url}/metrics/job/shop/instance/a`)).toEqual([202, ""]);
  await ask("PUT", `${url}/metrics/job/shop/instance/b`, snapshot(1, { orders_total: 1 }));
  await gateway.eventually("orders_total", { job: "shop" }).toBe(4);
});

test("without a gateway, others are told 502, and our own pushes are taken", async () => {
  // No test listens on this port.
  const { url } = await start({ pushgateway: "http://127.0.0.1:1" });
  const down = [502, "the Pushgateway does not answer: try again later"];
  expect(await ask("PUT", `${url}/metrics/job/batch`, "a 1\n")).toEqual(down);
  expect(await ask("PUT", `${url}/metrics/job/batch/instance/x`, "a 1\n")).toEqual(down);
  expect(await ask("GET", `${url}/api/v1/status`)).toEqual(down);
  const own = snapshot(1, { orders_total: 3 });
  expect(await ask("PUT", `${url}/metrics/job/shop/instance/a`, own)).toEqual([200, ""]);
});

test("a request arrives with its method, path, headers and body, and so does the answer", async () => {
  let seen: unknown;
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    if (request.method !== "GET")
      seen = { method: request.method, url: request.url, body, headers: request.headers };
    response
      .writeHead(418, { "x-answer": "yes", connection: "x-private, close", "x-private": "no" })
      .end("short and stout");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { url } = await start({
    pushgateway: `http://127.0.0.1:${(server.address() as AddressInfo).port}/behind/?token=t`,
  });
  const headers = ["X-Mine: yes", "Connection: x-hop", "X-Hop: no", "Transfer-Encoding: chunked"];
  const { stdout } = await run("curl", [
    "-si",
    "--path-as-is",
    "-X",
    "PATCH",
    ...headers.flatMap((header) => ["-H", header]),
    "--data-binary",
    "body",
    `${url}/a//b/../c%2Fd?q=1`,
  ]);
  expect(seen).toMatchObject({
    method: "PATCH",
    url: "/behind/a//b/../c%2Fd?q=1&token=t",
    body: "body",
    headers: { "x-mine": "yes", "transfer-encoding": "chunked" },
  });
  expect(seen).not.toHaveProperty(["headers", "x-hop"]);
  expect(stdout).toMatch(/^HTTP\/1\.1 418 /);
  expect(stdout).toContain("x-answer: yes");
  expect(stdout).not.toContain("x-private: no");
  expect(stdout).toMatch(/short and stout$/);
});

test("a gateway that answers and leaves before it has the whole body does not end the aggregator", async () => {
  const { url: pushgateway, left } = await leavingServer();
  const { url } = await startChild({ directory: stateFolder(), pushgateway });
  const push = () =>
    ask("PUT", `${url}/metrics/job/disk/instance/a`, "disk_bytes 5\n".repeat(1_200_000));
  expect(await push()).toEqual([413, ""]);
  await left;
  expect((await push())[0]).toBe(413);
});

test("requests that wait for a connection of others leave nothing on it", async () => {
  const held: ServerResponse[] = [];
  const server = createServer((request, response) => {
    if (request.url === "/slow") held.push(response);
    else response.end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const warnings: Error[] = [];
  const warn = (warning: Error) => void warnings.push(warning);
  process.on("warning", warn);
  onTestFinished(() => void process.off("warning", warn));

  const { url } = await start({
    pushgateway: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
  // One connection is left for all others.
  const slow = Array.from({ length: 99 }, () => ask("GET", `${url}/slow`));
  await expect.poll(() => held.length).toBe(99);
  const quick = Array.from({ length: 20 }, () => ask("GET", `${url}/quick`));
  expect(await Promise.all(quick)).toContainEqual([200, ""]);
  expect(warnings).toEqual([]);
  for (const response of held) response.end();
  await Promise.all(slow);
});
