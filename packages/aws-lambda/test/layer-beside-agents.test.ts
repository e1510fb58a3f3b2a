import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { createGunzip } from "node:zlib";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { installLane } from "@prefreeze/install-lane";
import { nodeBinary } from "@prefreeze/lambda-emulator/runtime-clients";
import { deployBundle, type Deployed } from "./deploy.js";
import { runtimes, useLayer } from "./layer.js";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";

const gateway = useGateway();
const layer = useLayer();
const lane = fileURLToPath(new URL("./peers", import.meta.url));
const inLane = (path: string) => join(lane, path);

beforeAll(async () => {
  await Promise.all([installLane(lane), ...runtimes.map(({ node }) => nodeBinary(node))]);
}, 180_000);

/** Deploys a function of the lane, with the layer or without, and calls it three times. */
async function calledThreeTimes(
  handler: string,
  { node, runtimeClient }: Pick<(typeof runtimes)[number], "node" | "runtimeClient">,
  env: Readonly<Record<string, string>>,
): Promise<Deployed> {
  const deployed = await deployBundle(lane, {
    exported: "handler",
    handler,
    timeoutMs: 10_000,
    runtimeClient,
    nodePath: await nodeBinary(node),
    env: { PUSHGATEWAY_URL: gateway.url, ...env },
  });
  const { invoke, lambda } = deployed;
  expect((await invoke()).result).toEqual({ ok: true });
  expect((await invoke({ throws: true })).errorType).toBe("RangeError");
  expect((await invoke()).result).toEqual({ ok: true });
  await lambda.settled();
  return deployed;
}

const withLayer = () => ({ AWS_LAMBDA_EXEC_WRAPPER: join(layer().opt, "prefreeze/wrapper") });

/** The names of the spans that OpenTelemetry has exported. */
const spanNames = (logs: string) =>
  [...logs.matchAll(/\{"span":"([^"]+)"/g)].map(([, name]) => name);

const setups = {
  CommonJS: {
    handler: "untouched.handler",
    options: `--require=${inLane("opentelemetry-setup.cjs")}`,
  },
  "an ES module": {
    handler: "untouched-module.handler",
    options: `--import=${inLane("opentelemetry-setup.mjs")}`,
  },
};

describe.each(runtimes)(
  "on $runtime, with the layer",
  { timeout: 30_000 },
  ({ runtime: _, ...on }) => {
    test.each(["CommonJS", "an ES module"] as const)(
      "OpenTelemetry instruments %s as without it, and sees no request of ours",
      async (format) => {
        const { handler, options } = setups[format];
        const bare = await calledThreeTimes(handler, on, { NODE_OPTIONS: options });
        const layered = await calledThreeTimes(handler, on, {
          NODE_OPTIONS: options,
          ...withLayer(),
        });
        expect(spanNames(layered.lambda.logs())).toEqual(spanNames(bare.lambda.logs()));
        expect(await gateway.shown("faas_invocations_total")).toBe(2);
        expect(await gateway.shown("faas_errors_total", { error_type: "RangeError" })).toBe(1);
      },
    );

    test("Elastic's agent instruments the function as without it, and sees no request of ours", async () => {
      const seen = async (more: Readonly<Record<string, string>>) => {
        const server = await startApmServer();
        await calledThreeTimes("untouched.handler", on, {
          NODE_OPTIONS: "--require=elastic-apm-node/start.js",
          ELASTIC_APM_SERVER_URL: server.url,
          ELASTIC_APM_CENTRAL_CONFIG: "false",
          ELASTIC_APM_METRICS_INTERVAL: "0",
          ...more,
        });
        return server.events();
      };
      const bare = await seen({});
      const layered = await seen(withLayer());
      expect(layered).toEqual(bare);
      expect(await gateway.shown("faas_invocations_total")).toBe(2);
      expect(await gateway.shown("faas_errors_total", { error_type: "RangeError" })).toBe(1);
    });

    test("the wrapper of another layer preloads what it does without it", async () => {
      const { lambda } = await calledThreeTimes("untouched-module.handler", on, {
        ...withLayer(),
        PREFREEZE_EXEC_WRAPPER: inLane("opentelemetry-handler"),
      });
      expect(spanNames(lambda.logs()).filter((name) => name === "shop")).toHaveLength(3);
      expect(await gateway.shown("faas_invocations_total")).toBe(2);
      expect(await gateway.shown("faas_errors_total", { error_type: "RangeError" })).toBe(1);
    });

    test.each(["untouched", "untouched-module"])(
      "Sentry instruments the function %s as without it, and sees no request of ours",
      async (name) => {
        const seen = async (more: Readonly<Record<string, string>>) => {
          const server = await startSentryServer();
          await calledThreeTimes(`${name}.handler`, on, {
            NODE_OPTIONS: "--import=@sentry/aws-serverless/awslambda-auto",
            SENTRY_DSN: server.dsn,
            SENTRY_TRACES_SAMPLE_RATE: "1",
            ...more,
          });
          return server.events().map(withoutDifferences);
        };
        const bare = await seen({});
        const layered = await seen(withLayer());
        expect(bare).toContain("transaction shop");
        expect(layered).toEqual(bare);
        expect(await gateway.shown("faas_invocations_total")).toBe(2);
      },
    );
  },
);

/** Starts a fake of Sentry's server. It keeps the names of transactions, their spans, and breadcrumbs of errors. */
async function startSentryServer(): Promise<{ dsn: string; events: () => readonly string[] }> {
  const events: string[] = [];
  const server = createServer((request, response) => {
    const gzipped = request.headers["content-encoding"] === "gzip";
    void text(gzipped ? request.pipe(createGunzip()) : request).then((body) => {
      for (const line of body.split("\n").filter(Boolean)) {
        const { transaction, spans = [], breadcrumbs = [] } = JSON.parse(line) as SentryEvent;
        if (transaction) events.push(`transaction ${transaction}`);
        events.push(...spans.map(({ description }) => `span ${description}`));
        for (const { data } of breadcrumbs) events.push(`breadcrumb ${data?.["url"]}`);
      }
      response.setHeader("content-type", "application/json").end("{}");
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { dsn: `http://public@127.0.0.1:${port}/1`, events: () => events };
}

/** Two environments have different ports and request ids. */
const withoutDifferences = (event: string) =>
  event.replace(/:\d+\//, "/").replace(/[\da-f]{8}(-[\da-f]{4,}){4}/, "ID");

interface SentryEvent {
  readonly transaction?: string;
  readonly spans?: readonly { readonly description: string }[];
  readonly breadcrumbs?: readonly { readonly data?: Readonly<Record<string, string>> }[];
}

/** Starts a fake of Elastic's server. It keeps the transactions and spans that the agent sends. */
async function startApmServer(): Promise<{ url: string; events: () => readonly string[] }> {
  const events: string[] = [];
  const server = createServer((request, response) => {
    const gzipped = request.headers["content-encoding"] === "gzip";
    void text(gzipped ? request.pipe(createGunzip()) : request).then((body) => {
      for (const line of body.split("\n").filter(Boolean)) {
        const { transaction, span } = JSON.parse(line) as Record<string, { readonly name: string }>;
        if (transaction) events.push(`transaction ${transaction.name}`);
        if (span) events.push(`span ${span.name}`);
      }
      response.end("{}");
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    events: () => events,
  };
}
