import { fileURLToPath } from "node:url";
import { installLane } from "@prefreeze/install-lane";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";
import { startWorker, type Worker, type WorkerOptions } from "../../../test/workers/worker.js";
import { fixture, runWorker, warnings } from "./run-worker.js";

const lane = fileURLToPath(new URL("./peers", import.meta.url));
const gateway = useGateway();
const { shown, eventually } = gateway;

async function run(entry: string, options: WorkerOptions = {}): Promise<Worker> {
  const worker = await startWorker({
    entry: `${lane}/${entry}.mjs`,
    nodejsCompat: true,
    ...options,
    bindings: { PUSHGATEWAY_URL: gateway.url, GREETING: "hello" },
  });
  onTestFinished(() => worker.stop());
  return worker;
}

const answer = async (worker: Worker, path: string, init?: RequestInit) => {
  const response = await worker.fetch(path, init);
  return [response.status, await response.text()];
};
const counted = (faas_trigger: string) =>
  eventually("faas_invoke_duration_seconds_count", { faas_trigger });

describe("frameworks", { timeout: 60_000 }, () => {
  beforeAll(() => installLane(lane), 120_000);

  test("an object of a class that extends Hono has its state, its context and its streams", async () => {
    const worker = await run("hono-class");
    expect(await answer(worker, "/visits")).toEqual([200, '{"visits":1,"isShop":true}']);
    expect(await answer(worker, "/visits")).toEqual([200, '{"visits":2,"isShop":true}']);
    expect(await answer(worker, "/events")).toEqual([200, "data: 1\n\ndata: 2\n\n"]);
    expect(await answer(worker, "/context")).toEqual([200, "hello"]);
    await counted("http").toBe(4);
    await worker.fetch("/none");
    await eventually("greetings_total").toBe(3);
    await counted("http").toBe(5);
    expect(warnings(worker)).toEqual([]);
  });

  test("AutoRouter of itty-router answers by itself, and its errors are failures", async () => {
    const worker = await run("itty-auto-router");
    expect(await answer(worker, "/api/hello/alice")).toEqual([
      200,
      '{"hello":"alice","greeting":"hello"}',
    ]);
    expect(await answer(worker, "/api/broken")).toEqual([500, '{"status":500,"error":"broken"}']);
    expect(await answer(worker, "/api/refused")).toEqual([403, '{"status":403,"error":"refused"}']);
    expect((await worker.fetch("/none")).status).toBe(404);
    await counted("http").toBe(4);
    expect(await shown("faas_errors_total")).toBe(1);
    expect(await shown("faas_errors_total", { error_type: "500" })).toBe(1);
    expect(await shown("greetings_total")).toBe(1);
  });

  test("React Router renders a stream, and what loaders record counts", async () => {
    const worker = await run("react-router");
    const [status, page] = await answer(worker, "/order");
    expect(status).toBe(200);
    expect(page).toContain("<h1>hello</h1>");
    expect(page).toContain("<p>later</p>");
    expect(await answer(worker, "/api")).toEqual([202, '{"api":true}']);
    expect((await worker.fetch("/api", { method: "POST" })).status).toBe(500);
    expect((await worker.fetch("/none")).status).toBe(404);
    await counted("http").toBe(4);
    expect(await shown("faas_errors_total")).toBe(1);
    // One in the loader, and one while the page is streamed.
    await eventually("orders_total").toBe(2);
  });

  test("OpenNext's worker loads its server, revalidates by its Durable Object, and counts each call", async () => {
    const worker = await run("open-next", {
      objects: { NEXT_CACHE_DO_QUEUE: "DOQueueHandler", PURGE: "BucketCachePurge" },
      entrypoints: { WORKER_SELF_REFERENCE: "default" },
      assets: fixture("assets"),
    });
    expect(await answer(worker, "/stale")).toEqual([200, "<html>/stale</html>"]);
    expect(await answer(worker, "/file.txt")).toEqual([200, "asset\n"]);
    expect((await worker.fetch("/_next/image?x=1")).status).toBe(404);
    expect(await worker.scheduled()).toBe("ok");
    // Two from outside, and one by the object.
    await counted("http").toBe(3);
    await counted("other").toBe(1);
    await counted("timer").toBe(1);
    expect(await shown("pages_total")).toBe(2);
    expect(await shown("faas_errors_total")).toBe(0);
  });
});

test("a default export that is a class counts requests, events and calls, each once", async () => {
  const worker = await runWorker("default-class.mjs", {
    gateway,
    queue: "QUEUE",
    entrypoints: { PROPS: "MeasuredWithProps" },
    props: { plan: "pro" },
  });
  expect(await answer(worker, "/a")).toEqual([200, "hello /a"]);
  expect(await answer(worker, "/send")).toEqual([200, "hello /send"]);
  expect(await answer(worker, "/add")).toEqual([200, "6"]);
  expect(await answer(worker, "/props")).toEqual([200, '{"plan":"pro"}']);
  expect(await worker.scheduled()).toBe("ok");
  expect((await worker.email("a@example.com")).status).toBe(200);
  // Four from outside, and one to the entrypoint with properties.
  await counted("http").toBe(5);
  await counted("pubsub").toBe(2);
  await counted("timer").toBe(1);
  await counted("other").toBe(1);
  for (const what of ["queue", "add", "scheduled", "email"])
    expect([what, await shown("calls_total", { what })]).toEqual([what, 1]);
  expect(await shown("faas_errors_total")).toBe(0);
  expect(warnings(worker)).toEqual([]);
}, 30_000);

test("static assets are served without the Worker, and by their binding as they are", async () => {
  const worker = await runWorker("assets-beside.mjs", { gateway, assets: fixture("assets") });
  expect(await answer(worker, "/file.txt")).toEqual([200, "asset\n"]);
  const bound = await worker.fetch("/bound/file.txt");
  const direct = await worker.fetch("/file.txt");
  expect([bound.status, await bound.text()]).toEqual([200, "asset\n"]);
  for (const header of ["content-type", "etag", "cache-control", "content-length"])
    expect([header, bound.headers.get(header)]).toEqual([header, direct.headers.get(header)]);
  expect((await worker.fetch("/bound/none")).status).toBe(404);
  await counted("http").toBe(2);
  expect(await shown("faas_errors_total")).toBe(0);
}, 30_000);

test("request, environment, bindings and context are the same in the handler and after it", async () => {
  const worker = await runWorker("untouched.mjs", { gateway, kvNamespaces: ["STORE"] });
  const found = (await (await worker.fetch("/")).json()) as Record<string, unknown>;
  const { imported, importedBinding, exported, stored, changed, ...same } = found;
  expect({ imported, importedBinding, exported, stored, changed }).toEqual({
    imported: true,
    importedBinding: "object",
    exported: 2,
    stored: "value",
    changed: [],
  });
  expect(Object.entries(same).filter(([, isSame]) => isSame !== true)).toEqual([]);
  expect(Object.keys(same)).toEqual(
    expect.arrayContaining([
      "request",
      "env",
      "ctx",
      "STORE",
      "waitUntil",
      "passThroughOnException",
    ]),
  );
  await counted("http").toBe(1);
  expect((await worker.fetch("/throw")).status).toBe(500);
  await eventually("faas_errors_total", { error_type: "RangeError" }).toBe(1);
}, 30_000);
