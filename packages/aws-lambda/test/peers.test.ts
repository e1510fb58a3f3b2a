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

// Callback handlers are of this runtime, and so are wrappers with three parameters, OpenTelemetry's say.
const runtimeClient = "ric-3";

const preload = fileURLToPath(new URL("../dist/register.mjs", import.meta.url));
/** When the flush is: half of the tests have the one, half the other. */
const beforeReturning = "";
const afterResponse = `--import=${preload}`;

const deployed = (
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

/** The JSON objects that a function printed, one a line. */
const printed = (logs: string) =>
  logs
    .split("\n")
    .flatMap((line) => /\{".*\}$/.exec(line) ?? [])
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("Powertools", { timeout: 60_000 }, () => {
  const emf = (logs: string) => printed(logs).filter((line) => "_aws" in line);

  test("metrics published in the handler are printed, and both count", async () => {
    const { invoke, lambda } = await deployed("powertools", "publishes", beforeReturning);
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

  test("metrics and tracer as middleware work without an X-Ray daemon, and both count", async () => {
    const { invoke, lambda } = await deployed("powertools", "everything", afterResponse);
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

  test("batch tells which items failed, its result untouched", async () => {
    const { invoke, lambda } = await deployed("powertools", "batch", beforeReturning);
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
  ])("%s the wrapper gets the error, and both count once", async (exported, nodeOptions) => {
    const { dsn, envelopes } = await sentryServer();
    const { invoke, lambda } = await deployed("sentry", exported, nodeOptions, { SENTRY_DSN: dsn });
    expect((await invoke()).result).toEqual({ ok: true });
    expect(await invoke({ throws: true })).toMatchObject({
      errorType: "RangeError",
      errorMessage: "no",
    });
    expect((await invoke()).result).toEqual({ ok: true });
    await lambda.settled();
    expect(envelopes().filter((envelope) => envelope.includes('"type":"RangeError"'))).toHaveLength(
      1,
    );
    expect(await shown("orders_total")).toBe(3);
    expect(await shown("faas_invocations_total")).toBe(2);
    expect(await shown("faas_errors_total", { error_type: "RangeError" })).toBe(1);
    expect(await shown("faas_invoke_duration_seconds_count")).toBe(3);
  });

  test.each([
    ["callbackOutside", afterResponse],
    ["callbackInside", beforeReturning],
  ])(
    "%s the wrapper leaves a handler its callback, and both count once",
    async (exported, nodeOptions) => {
      const { dsn, envelopes } = await sentryServer();
      const { invoke, lambda } = await deployed("sentry", exported, nodeOptions, {
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

/** Takes what a Sentry client sends; a fake, since Sentry itself cannot run here. */
async function sentryServer(): Promise<{ dsn: string; envelopes: () => readonly string[] }> {
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
    "%s makes its spans and metrics, and both count once",
    async (_, handler, instrumented, nodeOptions) => {
      const [module = "", exported = ""] = handler.split(".");
      const { invoke, lambda } = await deployed(
        module,
        exported,
        `${nodeOptions} --require=${setup}`,
        { INSTRUMENTED: instrumented },
      );
      expect((await invoke()).result).toEqual({ ok: true });
      expect((await invoke({ throws: true })).errorType).toBe("RangeError");
      await lambda.settled();
      const lines = printed(lambda.logs());
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
