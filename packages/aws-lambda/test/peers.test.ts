import { createServer, type IncomingMessage } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { installLane } from "@prefreeze/install-lane";
import { runtimeClientFolder } from "@prefreeze/lambda-emulator/runtime-clients";
import { deployBundle } from "./deploy.js";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";

const gateway = useGateway();
const { shown } = gateway;
const lane = fileURLToPath(new URL("./peers", import.meta.url));

beforeAll(async () => {
  await Promise.all([installLane(lane), runtimeClientFolder(runtimeClient)]);
}, 180_000);

// Newer clients run neither callback handlers nor wrappers with three parameters, such as OpenTelemetry's.
const runtimeClient = "ric-3";

const preload = fileURLToPath(new URL("../dist/register.mjs", import.meta.url));
/** `NODE_OPTIONS` for each of the two flush modes. Half of the tests use one, half the other. */
const beforeReturning = "";
const afterResponse = `--import=${preload}`;

const deployPeer = (
  module: string,
  exported: string,
  nodeOptions: string,
  env: Record<string, string> = {},
) =>
  deployBundle(lane, {
    exported,
    handler: `${module}.${exported}`,
    timeoutMs: 10_000,
    runtimeClient,
    env: { PUSHGATEWAY_URL: gateway.url, NODE_OPTIONS: nodeOptions, ...env },
  });

/** The JSON objects that a function printed, one per line. */
const printedObjects = (logs: string) =>
  logs
    .split("\n")
    .flatMap((line) => /\{".*\}$/.exec(line) ?? [])
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("Powertools", { timeout: 60_000 }, () => {
  const emf = (logs: string) => printedObjects(logs).filter((line) => "_aws" in line);

  test("prints the metrics that a handler publishes, and both libraries count", async () => {
    const { invoke, lambda } = await deployPeer("powertools", "publishes", beforeReturning);
    expect((await invoke()).result).toEqual({ ok: true });
    expect((await invoke()).result).toEqual({ ok: true });
    await lambda.settled();
    expect(emf(lambda.logs())).toMatchObject([
      { orders: 1, service: "orders" },
      { orders: 1, service: "orders" },
    ]);
    expect(await shown("orders_total")).toBe(2);
    expect(await shown("faas_invocations_total")).toBe(2);
    expect(await shown("faas_coldstarts_total")).toBe(1);
  });

  test("runs its metrics and tracer middleware without an X-Ray daemon, and both libraries count", async () => {
    const { invoke, lambda } = await deployPeer("powertools", "everything", afterResponse);
    expect((await invoke()).result).toEqual({ ok: true, traced: true });
    expect(await invoke({ throws: true })).toMatchObject({
      errorType: "RangeError",
      errorMessage: "no",
    });
    await lambda.settled();
    const lines = emf(lambda.logs());
    expect(lines.filter((line) => line["orders"] === 1)).toHaveLength(2);
    expect(lines.filter((line) => line["ColdStart"] === 1)).toHaveLength(1);
    expect(await shown("orders_total")).toBe(2);
    expect(await shown("faas_invocations_total")).toBe(1);
    expect(await shown("faas_errors_total", { error_type: "RangeError" })).toBe(1);
    expect(await shown("faas_coldstarts_total")).toBe(1);
  });

  test("returns the failed items of a batch unchanged, and they are counted", async () => {
    const { invoke, lambda } = await deployPeer("powertools", "batch", beforeReturning);
    expect((await invoke(messages("good", "poison", "good"))).result).toEqual({
      batchItemFailures: [{ itemIdentifier: "1" }],
    });
    expect((await invoke(messages("good"))).result).toEqual({ batchItemFailures: [] });
    expect((await invoke(messages("poison"))).errorType).toBe("FullBatchFailureError");
    await lambda.settled();
    expect(await shown("orders_total")).toBe(3);
    expect(await shown("faas_invocations_total")).toBe(2);
    expect(await shown("faas_errors_total", { error_type: "FullBatchFailureError" })).toBe(1);
    expect(await shown("faas_batch_item_failures_total")).toBe(1);
  });
});

function messages(...bodies: readonly string[]): object {
  return {
    Records: bodies.map((body, index) => ({
      messageId: String(index),
      receiptHandle: "handle",
      body,
      attributes: {},
      messageAttributes: {},
      eventSource: "aws:sqs",
      eventSourceARN: "arn:aws:sqs:eu-central-1:123456789012:orders",
      awsRegion: "eu-central-1",
    })),
  };
}

describe("Sentry", { timeout: 60_000 }, () => {
  test.each([
    ["outside", afterResponse],
    ["inside", beforeReturning],
  ])(
    "%s the wrapper gets the error once, and each invocation is counted once",
    async (exported, nodeOptions) => {
      const { dsn, envelopes } = await startSentryServer();
      const { invoke, lambda } = await deployPeer("sentry", exported, nodeOptions, {
        SENTRY_DSN: dsn,
      });
      expect((await invoke()).result).toEqual({ ok: true });
      expect(await invoke({ throws: true })).toMatchObject({
        errorType: "RangeError",
        errorMessage: "no",
      });
      expect((await invoke()).result).toEqual({ ok: true });
      await lambda.settled();
      expect(
        envelopes().filter((envelope) => envelope.includes('"type":"RangeError"')),
      ).toHaveLength(1);
      expect(await shown("orders_total")).toBe(3);
      expect(await shown("faas_invocations_total")).toBe(2);
      expect(await shown("faas_errors_total", { error_type: "RangeError" })).toBe(1);
      expect(await shown("faas_invoke_duration_seconds_count")).toBe(3);
    },
  );

  test.each([
    ["outside", afterResponse],
    ["inside", beforeReturning],
  ])(
    "%s the wrapper shows no request of ours: no span, no transaction, no breadcrumb",
    async (exported, nodeOptions) => {
      const { dsn, envelopes } = await startSentryServer();
      const { invoke, lambda } = await deployPeer("sentry", exported, nodeOptions, {
        SENTRY_DSN: dsn,
      });
      for (const throws of [false, true, true]) await invoke({ throws });
      await lambda.settled();
      const sent = envelopes().join("\n");
      expect(sent).toContain("RangeError");
      expect(sent).not.toContain(new URL(gateway.url).host);
      expect(sent).not.toContain("/2020-01-01/extension");
    },
  );

  test.each([
    ["outside", "callbackOutside", afterResponse],
    ["inside", "callbackInside", beforeReturning],
  ])(
    "%s the wrapper lets a handler call back, and both libraries count once",
    async (_, exported, nodeOptions) => {
      const { dsn, envelopes } = await startSentryServer();
      const { invoke, lambda } = await deployPeer("sentry", exported, nodeOptions, {
        SENTRY_DSN: dsn,
      });
      expect((await invoke()).result).toEqual({ ok: true });
      expect((await invoke({ throws: true })).errorType).toBe("RangeError");
      await lambda.settled();
      expect(
        envelopes().filter((envelope) => envelope.includes('"type":"RangeError"')),
      ).toHaveLength(1);
      expect(await shown("faas_invocations_total")).toBe(1);
      expect(await shown("faas_errors_total", { error_type: "RangeError" })).toBe(1);
    },
  );
});

/** Starts a fake of Sentry's server. It keeps the envelopes that the client sends. */
async function startSentryServer(): Promise<{ dsn: string; envelopes: () => readonly string[] }> {
  const envelopes: string[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    void text(request).then((body) => {
      envelopes.push(body);
      response.setHeader("content-type", "application/json").end("{}");
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { dsn: `http://public@127.0.0.1:${port}/1`, envelopes: () => envelopes };
}

describe("OpenTelemetry", { timeout: 60_000 }, () => {
  const setup = fileURLToPath(new URL("./peers/opentelemetry-setup.cjs", import.meta.url));

  test.each([
    [
      "around the wrapper",
      "opentelemetry.instrumented",
      "opentelemetry.instrumented",
      beforeReturning,
    ],
    ["within the wrapper", "opentelemetry-inside.handler", "opentelemetry.bare", afterResponse],
  ])(
    "%s exports its spans and metrics, and both libraries count once",
    async (_, handler, instrumented, nodeOptions) => {
      const [module = "", exported = ""] = handler.split(".");
      const { invoke, lambda } = await deployPeer(
        module,
        exported,
        `${nodeOptions} --require=${setup}`,
        { INSTRUMENTED: instrumented },
      );
      expect((await invoke()).result).toEqual({ ok: true });
      expect((await invoke({ throws: true })).errorType).toBe("RangeError");
      await lambda.settled();
      const lines = printedObjects(lambda.logs());
      expect(lines.filter(({ span }) => span === "shop")).toMatchObject([
        { status: { code: 0 }, attributes: { "faas.coldstart": true } },
        { status: { code: 2 }, attributes: { "faas.coldstart": false } },
      ]);
      expect(lines.findLast(({ metric }) => metric === "orders")).toMatchObject({ value: 2 });
      expect(await shown("orders_total")).toBe(2);
      expect(await shown("faas_invocations_total")).toBe(1);
      expect(await shown("faas_errors_total", { error_type: "RangeError" })).toBe(1);
      expect(await shown("faas_coldstarts_total")).toBe(1);
    },
  );
});

describe("timers that are numbers, as jsdom's are", { timeout: 60_000 }, () => {
  test.each([
    ["after the response", afterResponse],
    ["before returning", beforeReturning],
  ])("hold up nothing, and every invocation is pushed %s", async (_, nodeOptions) => {
    const { invoke, lambda } = await deployPeer("dom-timers", "handler", nodeOptions);
    for (let count = 0; count < 3; count++) expect((await invoke()).errorType).toBeUndefined();
    await lambda.settled();
    expect(await shown("orders_total")).toBe(3);
    expect(await shown("faas_invocations_total")).toBe(3);
    expect(lambda.logs()).not.toContain("prefreeze:");
    expect(lambda.coldStarts()).toBe(1);
  });
});
