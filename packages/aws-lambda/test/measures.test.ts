import { describe, expect, test } from "vitest";
import { deploy } from "./deploy.js";
import { batchEvents, eventsByTrigger } from "./events/by-trigger.js";
import {
  edgeEvents,
  failedOriginEvent,
  objectLambdaEvents,
  resolverEvents,
} from "./events/answers.js";
import { httpEvents } from "./events/http.js";
import { otherEvents } from "./events/others.js";
import { webSocketEvents } from "./events/web-socket.js";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";

const gateway = useGateway();
const { shown } = gateway;

const env = (more: Record<string, string> = {}) => ({
  env: { PUSHGATEWAY_URL: gateway.url, ...more },
});
const warnings = (logs: string) => logs.split("\n").filter((line) => line.includes("prefreeze:"));

/** The labels of the only series of this name. */
async function labelsOf(name: string): Promise<Record<string, string>> {
  const lines = (await gateway.metrics()).split("\n").filter((line) => line.startsWith(`${name}{`));
  expect(lines).toHaveLength(1);
  return Object.fromEntries(
    [...lines[0]!.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, value]) => [label, value]),
  ) as Record<string, string>;
}

describe("an event", { timeout: 60_000 }, () => {
  test.each(Object.entries(eventsByTrigger))(
    "is labelled with its trigger, %s",
    async (trigger, events) => {
      const { invoke, lambda } = await deploy("shop.ts", env());
      let count = 0;
      for (const [source, event] of Object.entries(events as Record<string, unknown>)) {
        expect((await invoke(event)).errorType, source).toBeUndefined();
        expect(await shown("faas_invocations_total", { faas_trigger: trigger }), source).toBe(
          ++count,
        );
      }
      expect(await shown("faas_invocations_total")).toBe(count);
      expect(warnings(lambda.logs())).toEqual([]);
    },
  );

  test("puts none of its content into a label", async () => {
    const { invoke } = await deploy("measured.ts", env());
    for (const events of Object.values(eventsByTrigger))
      for (const event of Object.values(events as Record<string, unknown>)) await invoke(event);
    const metrics = await gateway.metrics();
    for (const content of ["/orders/1", "alice", "192.0.2.1", "123456789012", "hello", "abc123"])
      expect(metrics).not.toContain(content);
  });
});

describe("a failure", { timeout: 30_000 }, () => {
  test("over HTTP or a WebSocket is a status of 500 or above, as a number or a string", async () => {
    const { invoke } = await deploy("shop.ts", env());
    const events = [
      httpEvents["a REST API"],
      webSocketEvents["a WebSocket API's connection"],
      webSocketEvents["a WebSocket API's message"],
    ];
    for (const event of events) {
      for (const statusCode of [503, "503", 404, "200", "none", null, 7_000, -1])
        await invoke({ ...event, statusCode });
    }
    expect(await shown("faas_errors_total", { error_type: "503" })).toBe(6);
    expect(await shown("faas_errors_total")).toBe(6);
    expect(await shown("faas_invocations_total")).toBe(18);
  });

  test.each([
    {
      of: "Lambda@Edge",
      event: edgeEvents["Lambda@Edge at a viewer's request"],
      statusName: "status",
    },
    {
      of: "Lambda@Edge",
      event: edgeEvents["Lambda@Edge at an origin's response"],
      statusName: "status",
    },
    {
      of: "S3 Object Lambda",
      event: objectLambdaEvents["S3 Object Lambda at a GetObject"],
      statusName: "statusCode",
    },
  ])("of $of is a $statusName of 500 or above", async ({ event, statusName }) => {
    const { invoke } = await deploy("shop.ts", env());
    for (const status of ["503", 503, "404", "200", "none"])
      await invoke({ ...event, result: { [statusName]: status } });
    expect(await shown("faas_errors_total", { error_type: "503", faas_trigger: "http" })).toBe(2);
    expect(await shown("faas_invocations_total", { faas_trigger: "http" })).toBe(3);
  });

  test("is neither a failure of the origin that Lambda@Edge passes on nor the value of a GraphQL field", async () => {
    const { invoke } = await deploy("shop.ts", env());
    await invoke({ ...failedOriginEvent, result: { status: "503" } });
    await invoke({ ...resolverEvents["an AppSync resolver"], result: { statusCode: 503 } });
    await invoke({ ...resolverEvents["an Amplify resolver"], result: { status: 503 } });
    // An HTTP API sends a result without a statusCode as the body.
    await invoke({ ...httpEvents["an HTTP API"], result: { status: "503" } });
    expect(await shown("faas_invocations_total", { faas_trigger: "http" })).toBe(4);
    expect(await shown("faas_errors_total")).toBe(0);
  });

  test("of a durable execution is a result that says so, with the type of its error", async () => {
    const { invoke } = await deploy("shop.ts", env());
    const event = otherEvents["a durable execution"];
    const errors = [
      { ErrorType: "RangeError", ErrorMessage: "card 4111" },
      { ErrorType: "no class name", ErrorMessage: "card 4111" },
      { ErrorMessage: "Unknown error" },
      undefined,
    ];
    for (const Error of errors) {
      const result = { Status: "FAILED", Error };
      expect((await invoke({ ...event, result })).result).toEqual(result);
    }
    expect(await shown("faas_errors_total", { error_type: "RangeError" })).toBe(1);
    expect(await shown("faas_errors_total", { error_type: "Error" })).toBe(3);
    for (const Status of ["SUCCEEDED", "PENDING"]) await invoke({ ...event, result: { Status } });
    expect(await shown("faas_invocations_total")).toBe(2);
    expect(await gateway.metrics()).not.toContain("4111");
  });

  test("is not a result that says FAILED of a function that is not durable", async () => {
    const { invoke } = await deploy("shop.ts", env());
    const { CheckpointToken, ...withoutToken } = otherEvents["a durable execution"];
    expect(CheckpointToken).toBeDefined();
    for (const event of [{}, withoutToken, httpEvents["an HTTP API"]])
      await invoke({ ...event, result: { Status: "FAILED", Error: { ErrorType: "RangeError" } } });
    expect(await shown("faas_invocations_total")).toBe(3);
    expect(await shown("faas_errors_total")).toBe(0);
  });

  test.each([
    ["anError", "PaymentError"],
    ["nothing", "undefined"],
    ["aText", "string"],
    ["anObject", "object"],
    ["severalErrors", "AggregateError"],
    ["anErrorOfAnSdk", "ThrottlingException"],
    ["anAbort", "AbortError"],
  ])(
    "caused by %s has the error type %s, and its message is not exposed",
    async (exported, errorType) => {
      const { invoke } = await deploy("failures.ts", { exported, minify: false, ...env() });
      expect((await invoke()).result).toBeUndefined();
      expect(await shown("faas_errors_total", { error_type: errorType })).toBe(1);
      expect(await gateway.metrics()).not.toContain("secret");
    },
  );

  test("has one of at most 20 error types", async () => {
    const { invoke } = await deploy("failures.ts", { exported: "manyTypes", ...env() });
    for (let type = 0; type < 25; type++) await invoke({ type });
    expect(await shown("faas_errors_total", { error_type: "Type19" })).toBe(1);
    expect(await shown("faas_errors_total", { error_type: "_OTHER" })).toBe(5);
  });
});

describe("failed items of a batch", { timeout: 30_000 }, () => {
  test("are counted by trigger, while the invocation counts as succeeded", async () => {
    const { invoke } = await deploy("shop.ts", env());
    const failed = (count: number) => ({
      batchItemFailures: Array.from({ length: count }, (_, i) => ({ itemIdentifier: String(i) })),
    });
    const events = Object.values(batchEvents).filter((event) => !Array.isArray(event));
    for (const event of events) await invoke({ ...event, result: failed(0) });
    expect(await shown("faas_batch_item_failures_total", { faas_trigger: "pubsub" })).toBe(0);
    expect(await shown("faas_batch_item_failures_total", { faas_trigger: "datasource" })).toBe(0);
    for (const event of events) await invoke({ ...event, result: failed(3) });
    expect(await shown("faas_batch_item_failures_total", { faas_trigger: "pubsub" })).toBe(12);
    expect(await shown("faas_batch_item_failures_total", { faas_trigger: "datasource" })).toBe(3);
    expect(await shown("faas_invocations_total")).toBe(2 * events.length);
    expect(await shown("faas_errors_total")).toBe(0);
  });

  test("are not counted if the result names none or the event is not a batch", async () => {
    const { invoke, lambda } = await deploy("shop.ts", env());
    const { SQS } = batchEvents;
    for (const result of ["text", 7, [], { batchItemFailures: null }, { batchItemFailures: "abc" }])
      await invoke({ ...SQS, result });
    await invoke({ result: { batchItemFailures: [{ itemIdentifier: "1" }] } });
    await invoke({ ...SQS, throws: "secret" });
    expect(await shown("faas_batch_item_failures_total")).toBeUndefined();
    expect(warnings(lambda.logs())).toEqual([]);
  });

  test("are ignored if they cannot be read", async () => {
    const { invoke, lambda } = await deploy("hostile-results.ts", env());
    for (const kind of ["getter", "proxy", "array"])
      expect((await invoke({ ...batchEvents.SQS, kind })).result).toBe(kind);
    expect(await shown("faas_invocations_total", { faas_trigger: "pubsub" })).toBe(3);
    expect(await shown("faas_batch_item_failures_total")).toBeUndefined();
    expect(warnings(lambda.logs())).toEqual([]);
  });
});

describe("a cold start", { timeout: 30_000 }, () => {
  test("is counted for the trigger of the first invocation, and is zero for other triggers", async () => {
    const { invoke } = await deploy("shop.ts", env());
    await invoke();
    await invoke(httpEvents["a REST API"]);
    expect(await shown("faas_coldstarts_total", { faas_trigger: "other" })).toBe(1);
    expect(await shown("faas_coldstarts_total", { faas_trigger: "http" })).toBe(0);
    expect((await labelsOf("target_info"))["aws_lambda_initialization_type"]).toBe("on-demand");
  });

  test("is not counted with provisioned concurrency, but its counter is there at zero", async () => {
    const { invoke } = await deploy("shop.ts", {
      initializationType: "provisioned-concurrency",
      ...env(),
    });
    expect((await invoke({ tells: "invocation" })).result).toMatchObject({ coldStart: false });
    expect(await shown("faas_coldstarts_total")).toBe(0);
    expect(await shown("faas_init_duration_seconds_count")).toBe(1);
    expect((await labelsOf("target_info"))["aws_lambda_initialization_type"]).toBe(
      "provisioned-concurrency",
    );
  });

  test("is not counted on Managed Instances, whose threads are instances of their own", async () => {
    const { invoke } = await deploy("measured.ts", {
      managedInstances: { maxConcurrency: 8, workerThreads: 2 },
      ...env(),
    });
    await Promise.all(Array.from({ length: 8 }, () => invoke({ waitsMs: 20 })));
    await expect.poll(() => shown("faas_invocations_total"), { timeout: 15_000 }).toBe(8);
    expect(await shown("faas_coldstarts_total")).toBe(0);
    expect(await shown("faas_mem_usage_bytes_count")).toBe(8);
    // CPU time cannot be attributed to one of several concurrent invocations.
    expect(await shown("faas_cpu_usage_seconds_count")).toBeUndefined();
    const threads = [
      ...(await gateway.metrics()).matchAll(/target_info\{.*instance="\w{8}-(\d+)-/g),
    ];
    expect(threads.length).toBeGreaterThan(0);
    for (const [, thread] of threads) expect(Number(thread)).toBeGreaterThan(0);
  });
});

describe("target_info", { timeout: 30_000 }, () => {
  test("describes function, version, region, memory, architecture, runtime and initialization type", async () => {
    const { invoke } = await deploy("shop.ts", {
      memorySizeMb: 512,
      ...env({ PREFREEZE_SERVICE_VERSION: "1.2.3" }),
    });
    await invoke();
    const { instance: _, ...labels } = await labelsOf("target_info");
    expect(labels).toEqual({
      job: "shop",
      aws_lambda_initialization_type: "on-demand",
      cloud_platform: "aws_lambda",
      cloud_region: "eu-central-1",
      faas_max_memory: String(512 * 1_024 * 1_024),
      faas_name: "shop",
      faas_version: "$LATEST",
      host_arch: process.arch === "x64" ? "amd64" : process.arch,
      process_runtime_name: "nodejs",
      process_runtime_version: process.versions.node,
      service_version: "1.2.3",
    });
  });
});

describe("memory and CPU time", { timeout: 30_000 }, () => {
  test("are measured if the function opts in", async () => {
    const { invoke } = await deploy("measured.ts", env());
    await invoke();
    await invoke({ throws: "secret" });
    await invoke(httpEvents["a REST API"]);
    expect(await shown("faas_mem_usage_bytes_count", { faas_trigger: "other" })).toBe(2);
    expect(await shown("faas_mem_usage_bytes_count", { faas_trigger: "http" })).toBe(1);
    const bytes = (await shown("faas_mem_usage_bytes_sum"))! / 3;
    expect(bytes).toBeGreaterThan(20 * 2 ** 20);
    expect(bytes).toBeLessThan(2 ** 30);
    expect(await shown("faas_mem_usage_bytes_bucket", { le: "1.073741824e+10" })).toBe(3);
    expect(await shown("faas_mem_usage_bytes_bucket", { le: "6.7108864e+07" })).toBeDefined();
    expect(await shown("faas_cpu_usage_seconds_count")).toBe(3);
    const seconds = (await shown("faas_cpu_usage_seconds_sum"))!;
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan((await shown("faas_init_duration_seconds_sum"))! + 2);
  });

  test("do not include the time that a handler only waits", async () => {
    const { invoke } = await deploy("measured.ts", env());
    await invoke({ waitsMs: 500 });
    expect(await shown("faas_invoke_duration_seconds_sum")).toBeGreaterThan(0.49);
    expect(await shown("faas_cpu_usage_seconds_sum")).toBeLessThan(0.25);
  });

  test("are absent by default", async () => {
    const { invoke } = await deploy("shop.ts", env());
    await invoke(httpEvents["a REST API"]);
    expect(await gateway.metrics()).not.toMatch(/faas_(mem|cpu)_usage|http_server/);
  });
});

describe("HTTP requests", { timeout: 30_000 }, () => {
  const NAME = "http_server_request_duration_seconds_count";

  test.each([
    ["a REST API", "/orders/{id}"],
    ["an HTTP API", "/orders/{id}"],
    ["an HTTP API with payload format 1.0", "/orders"],
    ["an HTTP API with payload format 1.0 and the route $default", undefined],
    ["a function URL", undefined],
    ["a load balancer", undefined],
    ["a load balancer with multi-value headers", undefined],
    ["VPC Lattice", undefined],
    ["VPC Lattice with event format 2.0", undefined],
  ] as const)("from %s have the route %s", async (source, route) => {
    const { invoke } = await deploy("measured.ts", env());
    await invoke({ ...httpEvents[source], statusCode: 201, waitsMs: 30 });
    const labels = await labelsOf(NAME);
    expect(labels["http_request_method"]).toBe("POST");
    expect(labels["http_response_status_code"]).toBe("201");
    // In Prometheus, an empty label is the same as an absent one.
    expect(labels["http_route"] || undefined).toBe(route);
    expect(await shown(NAME)).toBe(1);
    expect(await shown(NAME.replace("_count", "_sum"))).toBeGreaterThan(0.025);
    expect(await shown(NAME.replace("_count", "_bucket"), { le: "10" })).toBe(1);
  });

  test("have the status that the client gets", async () => {
    const { invoke } = await deploy("measured.ts", env());
    const rest = httpEvents["a REST API"];
    const http = httpEvents["an HTTP API"];
    const url = httpEvents["a function URL"];
    const statuses: [object, string][] = [
      [{ ...rest, statusCode: 404 }, "404"],
      [{ ...rest, statusCode: "503" }, "503"],
      // A REST API rejects this result as malformed; the others send it as the body.
      [{ ...rest, result: { ok: true } }, "502"],
      [{ ...http, result: { ok: true } }, "200"],
      [{ ...http, result: "text" }, "200"],
      [{ ...url, result: { ok: true } }, "200"],
      [{ ...http, throws: "secret" }, "502"],
      [{ ...rest, throws: "secret" }, "502"],
    ];
    const expected = new Map<string, number>();
    for (const [event, status] of statuses) {
      await invoke(event);
      expected.set(status, (expected.get(status) ?? 0) + 1);
    }
    for (const [status, count] of expected)
      expect(await shown(NAME, { http_response_status_code: status }), status).toBe(count);
    expect(await shown(NAME)).toBe(statuses.length);
  });

  test("do not include the events of authorizers, WebSockets and other sources", async () => {
    const { invoke } = await deploy("measured.ts", env());
    const { pubsub, datasource, timer, other } = eventsByTrigger;
    for (const events of [webSocketEvents, pubsub, datasource, timer, other])
      for (const event of Object.values(events as Record<string, unknown>)) await invoke(event);
    expect(await shown(NAME)).toBeUndefined();
  });

  test("create a bounded number of series, whatever the events contain", async () => {
    const { invoke } = await deploy("measured.ts", env());
    const rest = httpEvents["a REST API"];
    for (let i = 0; i < 130; i++)
      await invoke({ ...rest, resource: `/orders/${i}`, statusCode: 100 + i });
    await invoke({ ...rest, httpMethod: "BREW", statusCode: 200 });
    await invoke({ ...rest, resource: `/${"x".repeat(10_000)}`, statusCode: 200 });
    expect(await shown(NAME, { http_route: "/orders/99" })).toBe(1);
    expect(await shown(NAME, { http_route: "_OTHER" })).toBeGreaterThanOrEqual(30);
    expect(await shown(NAME, { http_response_status_code: "119" })).toBe(1);
    expect(await shown(NAME, { http_response_status_code: "_OTHER" })).toBe(112);
    expect(await shown(NAME, { http_request_method: "_OTHER" })).toBe(1);
    const metrics = await gateway.metrics();
    expect(metrics).not.toContain("BREW");
    expect(metrics).not.toContain("xxxx");
  });

  test("are not measured if the function has a metric of that name, with a warning", async () => {
    const { invoke, lambda } = await deploy("own-http-metric.ts", env());
    expect((await invoke(httpEvents["a REST API"])).result).toEqual({ statusCode: 200 });
    expect(await shown(NAME, { own: "yes" })).toBe(1);
    expect(await shown("faas_invocations_total", { faas_trigger: "http" })).toBe(1);
    expect(warnings(lambda.logs())).toEqual([
      expect.stringContaining("http_server_request_duration_seconds"),
    ]);
  });
});

test("every metric that only Lambda has is described by one HELP and one TYPE line", async () => {
  const { invoke } = await deploy("measured.ts", env());
  await invoke(httpEvents["a REST API"]);
  const metrics = await gateway.metrics();
  for (const name of [
    "faas_mem_usage_bytes",
    "faas_cpu_usage_seconds",
    "http_server_request_duration_seconds",
  ])
    expect(metrics.match(new RegExp(`^# (HELP|TYPE) ${name} `, "gm"))).toHaveLength(2);
});
