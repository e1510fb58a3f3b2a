import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { buildLayer, type Layer } from "../../packages/aws-lambda/test/layer.js";
import { readScrape } from "../end-to-end/read-scrape.js";
import { httpApiEvent, scheduledEvent, sqsEvent } from "../end-to-end/lambda-events.js";
import {
  patient,
  startLambdaFunction,
  type LambdaFunction,
} from "../end-to-end/lambda-function.js";
import { gate } from "../gate.js";
import type { LambdaOptions } from "@prefreeze/lambda-emulator";
import { nodeBinary } from "@prefreeze/lambda-emulator/runtime-clients";
import { forwardingGateway } from "../pushgateway/forwarding.js";
import { startRealGateway, type RealGateway } from "../pushgateway/real.js";
import { cdkApp, installCdkApp, synthByCli, synthWithoutBundles } from "./cdk-app.js";
import type { Assembly } from "./cloud-assembly.js";

const ids = ["Http", "Sqs", "Schedule", "Direct"];
// CDK checks the template by CloudFormation's rules. With this setting, each finding is an error.
const strict = { "@aws-cdk/core:validateAgainstDefaultRules": "true" };

// The first run installs the app's dependencies and the Node version of its functions.
let node24: string;
beforeAll(async () => {
  await installCdkApp();
  node24 = await nodeBinary(24);
}, 300_000);

async function temporaryFolder(): Promise<string> {
  return await mkdtemp(join(tmpdir(), "cdk-"));
}

async function removedFolder(): Promise<string> {
  const folder = await temporaryFolder();
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

describe("the stack, synthesised by the CDK CLI with the gateway's URL and the layer", () => {
  let folder: string;
  let gateway: RealGateway;
  let layer: Layer;
  let stack: Assembly;
  beforeAll(async () => {
    folder = await temporaryFolder();
    gateway = await startRealGateway({ flags: ["--persistence.file="] });
    layer = await buildLayer();
    const layerZip = join(layer.opt, "layer.zip");
    stack = await synthByCli(folder, { pushgatewayUrl: gateway.url, layerZip, ...strict });
  }, 180_000);
  afterAll(async () => {
    await gateway.stop();
    await layer.remove();
    await rm(folder, { recursive: true, force: true });
  });

  test("has each function with a current runtime and the gateway's URL", () => {
    for (const id of ids) {
      expect(stack.lambda(id), id).toMatchObject({
        Runtime: "nodejs24.x",
        Handler: "index.handler",
        Architectures: ["arm64"],
        MemorySize: 256,
        Timeout: 10,
        Environment: {
          Variables: { PUSHGATEWAY_URL: gateway.url, PREFREEZE_JOB: `orders-${id.toLowerCase()}` },
        },
      });
    }
    expect(stack.ofType("AWS::EC2::SecurityGroup")).toEqual([]);
  });

  test("preloads register.mjs into the CommonJS function, and deploys it to that path", async () => {
    const files = async (id: string) => {
      const names = await readdir(stack.asset(stack.lambda(id).Code.S3Key));
      return names.toSorted();
    };
    const options = (id: string) => stack.lambda(id).Environment.Variables["NODE_OPTIONS"];
    expect(options("Direct")).toBe("--import=/var/task/register.mjs");
    expect(await files("Direct")).toEqual(["index.js", "register.mjs"]);
    for (const id of ["Http", "Sqs", "Schedule", "Untouched"]) {
      expect(options(id), id).toBeUndefined();
      expect(await files(id), id).toEqual(["index.mjs"]);
    }
  });

  test("connects the HTTP API in payload format 2.0, the queue with partial failures, and the schedule", () => {
    expect(stack.ofType("AWS::ApiGatewayV2::Route")).toMatchObject([{ RouteKey: "POST /orders" }]);
    expect(stack.ofType("AWS::ApiGatewayV2::Integration")).toMatchObject([
      { IntegrationType: "AWS_PROXY", PayloadFormatVersion: "2.0" },
    ]);
    expect(stack.ofType("AWS::Lambda::EventSourceMapping")).toMatchObject([
      { FunctionResponseTypes: ["ReportBatchItemFailures"], BatchSize: 10 },
    ]);
    const queues = stack.ofType("AWS::SQS::Queue");
    expect(queues).toHaveLength(2);
    expect(queues).toContainEqual(
      expect.objectContaining({
        VisibilityTimeout: 6 * stack.lambda("Sqs").Timeout,
        RedrivePolicy: expect.objectContaining({ maxReceiveCount: 3 }),
      }),
    );
    expect(stack.ofType("AWS::Events::Rule")).toMatchObject([
      { ScheduleExpression: "rate(5 minutes)", State: "ENABLED" },
    ]);
  });

  test("gives the function that does not use prefreeze the layer, which counts its invocations", async () => {
    const { Layers, Environment } = stack.lambda("Untouched");
    expect(Layers).toHaveLength(1);
    expect(Environment.Variables["AWS_LAMBDA_EXEC_WRAPPER"]).toBe("/opt/prefreeze/wrapper");
    const layers = stack.ofType("AWS::Lambda::LayerVersion");
    expect(layers).toHaveLength(1);
    const { S3Key } = layers[0]!["Content"] as { S3Key: string };
    expect((await readFile(stack.asset(S3Key))).equals(layer.zip)).toBe(true);

    // In this test, the layer is not in /opt.
    const wrapper = join(layer.opt, "prefreeze/wrapper");
    const running = await startDeployed(stack, "Untouched", { AWS_LAMBDA_EXEC_WRAPPER: wrapper });
    onTestFinished(() => running.stop());
    expect((await running.invoke({ plan: "pro" })).result).toEqual({ ok: true });
    expect((await running.invoke({ plan: "pro", card: "declined" })).failed).toBe(true);
    await running.lambda.settled();
    expect(readScrape(await gateway.metrics()).of("orders-untouched")).toMatchObject({
      succeeded: 1,
      failed: 1,
      coldStarts: 1,
    });
  });

  test("has functions that run as uploaded, and whose counts reach the gateway", async () => {
    const invoke = async (id: string, ...events: object[]) => {
      const running = await startDeployed(stack, id);
      try {
        const results: unknown[] = [];
        for (const event of events) results.push((await running.invoke(event)).result);
        // Once the environment is frozen, the push that follows the response has ended.
        await running.lambda.settled();
        return results;
      } finally {
        await running.stop();
      }
    };
    const [http, sqs, schedule, direct] = await Promise.all([
      invoke("Http", httpApiEvent('{"plan":"pro"}'), httpApiEvent('{"card":"declined"}')),
      invoke("Sqs", sqsEvent(['{"plan":"pro"}', '{"card":"declined"}', '{"plan":"free"}'])),
      invoke("Schedule", scheduledEvent),
      invoke("Direct", { plan: "free" }, { plan: "free", card: "declined" }),
    ]);
    expect(http).toMatchObject([{ statusCode: 201 }, { statusCode: 502 }]);
    expect(sqs).toEqual([{ batchItemFailures: [{ itemIdentifier: "message-1" }] }]);
    expect(schedule).toEqual([null]);
    expect(direct).toMatchObject([{ statusCode: 200 }, { errorType: "CardDeclined" }]);

    const { of, sum } = readScrape(await gateway.metrics());
    const counts = { timedOut: 0, coldStarts: 1, pro: undefined, free: undefined };
    expect(of("orders-http")).toEqual({ ...counts, succeeded: 1, failed: 1, pro: 1, charges: 2 });
    expect(of("orders-sqs")).toEqual({
      ...counts,
      succeeded: 1,
      failed: 0,
      pro: 1,
      free: 1,
      charges: 3,
    });
    expect(of("orders-schedule")).toMatchObject({ succeeded: 1, failed: 0, coldStarts: 1 });
    expect(of("orders-direct")).toEqual({
      ...counts,
      succeeded: 1,
      failed: 1,
      free: 1,
      charges: 2,
    });
    expect(sum("backlog_messages")).toBe(3);
    expect(sum("faas_batch_item_failures_total", { job: "orders-sqs" })).toBe(1);
    const triggers = { Http: "http", Sqs: "pubsub", Schedule: "timer", Direct: "other" };
    for (const [id, faas_trigger] of Object.entries(triggers)) {
      const job = `orders-${id.toLowerCase()}`;
      expect(sum("faas_invocations_total", { job, faas_trigger }), id).toBe(1);
    }
  });

  test.each([
    { id: "Http", event: httpApiEvent('{"plan":"pro"}') },
    { id: "Direct", event: { plan: "pro" } },
  ])("$id answers before the gateway does", { timeout: 15_000 }, async ({ id, event }) => {
    const { opened, open } = gate();
    const slow = await forwardingGateway(gateway.url, () => opened);
    const env = { PUSHGATEWAY_URL: slow.url, ...patient };
    const running = await startDeployed(stack, id, env, { timeoutMs: 60_000 });
    onTestFinished(() => running.stop());
    // A function that pushes before it answers would exceed this test's timeout.
    expect((await running.invoke(event)).failed).toBe(false);
    open();
    await running.lambda.settled();
    expect(slow.pushes()).toBe(1);
  });
});

describe("the stack, synthesised without bundling", () => {
  test("puts the functions into private subnets that the gateway admits, and only refers to the password, given a VPC and a secret", async () => {
    // The result of a look-up, as `cdk deploy` would have made it and kept it in cdk.context.json.
    const lookedUp = {
      "vpc-provider:account=123456789012:filter.vpc-id=vpc-0a1b2c3d:region=eu-central-1:returnAsymmetricSubnets=true":
        {
          vpcId: "vpc-0a1b2c3d",
          vpcCidrBlock: "10.0.0.0/16",
          ownerAccountId: "123456789012",
          availabilityZones: [],
          subnetGroups: [
            { name: "Public", type: "Public", subnets: [subnet("subnet-0aaaaaaa")] },
            { name: "Private", type: "Private", subnets: [subnet("subnet-0bbbbbbb")] },
          ],
        },
    };
    const stack = await synthWithoutBundles(await removedFolder(), {
      ...strict,
      ...lookedUp,
      pushgatewayUrl: "https://pushgateway.internal:9443",
      pushgatewaySecret: "pushgateway",
      vpcId: "vpc-0a1b2c3d",
      pushgatewaySecurityGroupId: "sg-0a1b2c3d",
    });
    for (const id of ids) {
      expect(stack.lambda(id), id).toMatchObject({
        VpcConfig: { SubnetIds: ["subnet-0bbbbbbb"] },
        Environment: {
          Variables: {
            PUSHGATEWAY_URL: "https://pushgateway.internal:9443",
            PUSHGATEWAY_USERNAME: reference("username"),
            PUSHGATEWAY_PASSWORD: reference("password"),
          },
        },
      });
    }
    expect(stack.ofType("AWS::Lambda::LayerVersion")).toEqual([]);
    expect(stack.ofType("AWS::EC2::SecurityGroupIngress")).toMatchObject([
      { GroupId: "sg-0a1b2c3d", IpProtocol: "tcp", FromPort: 9443, ToPort: 9443 },
    ]);
  }, 120_000);

  test.each([
    { given: {}, says: "Say where to push: -c pushgatewayUrl=" },
    { given: { pushgatewayUrl: "pushgateway" }, says: "pushgatewayUrl is not a URL" },
    { given: { pushgatewayUrl: "http://me:hunter2@gateway" }, says: "Use -c pushgatewaySecret=" },
  ])("is refused if its settings cannot work: $says", async ({ given, says }) => {
    const refused = synthWithoutBundles(await removedFolder(), given);
    await expect(refused).rejects.toThrow(says);
    await expect(refused).rejects.not.toThrow("hunter2");
  });
});

test("the CDK app compiles", async () => {
  const typescript = createRequire(import.meta.url).resolve("typescript/package.json");
  const compiled = promisify(execFile)(process.execPath, [
    join(dirname(typescript), "bin/tsc"),
    "-p",
    cdkApp,
  ]);
  await expect(compiled).resolves.toMatchObject({ stdout: "" });
}, 60_000);

function subnet(subnetId: string): object {
  return { subnetId, availabilityZone: "eu-central-1a", routeTableId: "rtb-0a1b2c3d" };
}

function reference(field: string): string {
  return `{{resolve:secretsmanager:pushgateway:SecretString:${field}::}}`;
}

/**
 * Starts one environment of a function with the settings of the template and the code of its asset. The given
 * variables and options override the template's.
 */
async function startDeployed(
  stack: Assembly,
  id: string,
  variables: Readonly<Record<string, string>> = {},
  options: Partial<LambdaOptions> = {},
): Promise<LambdaFunction> {
  const { Code, Environment, Handler, MemorySize, Runtime, Timeout } = stack.lambda(id);
  const taskRoot = stack.asset(Code.S3Key);
  expect(Runtime).toBe("nodejs24.x");
  // In this test, the code is not in /var/task.
  const here = `${pathToFileURL(taskRoot).href}/`;
  const env = Object.fromEntries(
    Object.entries({ ...Environment.Variables, ...variables }).map(([name, value]) => [
      name,
      value.replace("/var/task/", here),
    ]),
  );
  return await startLambdaFunction({
    taskRoot,
    handler: Handler,
    functionName: id,
    env,
    memorySizeMb: MemorySize,
    timeoutMs: Timeout * 1_000,
    nodePath: node24,
    runtimeClient: "ric-4",
    maxEnvironments: 1,
    ...options,
  });
}
