import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { gate } from "../gate.js";
import type { LambdaOptions } from "@prefreeze/lambda-emulator";
import { forwardingGateway } from "../pushgateway/forwarding.js";
import { startRealGateway, type RealGateway } from "../pushgateway/real.js";
import { example, type Variables } from "./examples.js";
import { readScrape } from "./read-scrape.js";
import { httpApiEvent, scheduledEvent, sqsEvent } from "./lambda-events.js";
import { patient, startLambdaFunction, type LambdaFunction } from "./lambda-function.js";

let built: string;
let gateway: RealGateway;
beforeAll(async () => {
  built = await mkdtemp(join(tmpdir(), "aws-lambda-"));
  await promisify(execFile)(process.execPath, [example("aws-lambda/build.mjs"), built]);
  gateway = await startRealGateway({ flags: ["--persistence.file="] });
});
afterAll(async () => {
  await gateway.stop();
  await rm(built, { recursive: true });
});
beforeEach(async () => await gateway.wipe());

let running: LambdaFunction | undefined;
afterEach(async () => await running?.stop());

/** Runs a function from the folder that the example's build made for it, as if deployed, in one environment. */
async function start(
  name: string,
  env: Variables = {},
  options: Partial<LambdaOptions> = {},
): Promise<LambdaFunction> {
  return (running = await startLambdaFunction({
    taskRoot: join(built, name),
    handler: "index.handler",
    functionName: name,
    env: { PUSHGATEWAY_URL: gateway.url, ...env },
    maxEnvironments: 1,
    ...options,
  }));
}

const read = async () => readScrape(await gateway.metrics());

/** Reads the gateway once the function's environments are frozen, since all their pushes have ended then. */
async function pushedBy({ lambda }: LambdaFunction) {
  await lambda.settled();
  return await read();
}

test("the HTTP function answers every order, and counts the accepted and the failed ones", async () => {
  const http = await start("http");
  const base64 = Buffer.from('{"plan":"free"}').toString("base64");
  const answers = [
    await http.invoke(httpApiEvent('{"plan":"pro"}')),
    await http.invoke(httpApiEvent(base64, true)),
    await http.invoke(httpApiEvent("no JSON")),
    await http.invoke(httpApiEvent('{"plan":"pro","card":"declined"}')),
  ];
  expect(answers.map(({ result }) => (result as { statusCode: number }).statusCode)).toEqual([
    201, 201, 400, 502,
  ]);
  const { of, sum } = await pushedBy(http);
  expect(of("http")).toEqual({
    succeeded: 3,
    failed: 1,
    timedOut: 0,
    coldStarts: 1,
    pro: 1,
    free: 1,
    charges: 3,
  });
  expect(sum("faas_errors_total", { faas_trigger: "http", error_type: "502" })).toBe(1);
});

test("the queue's function reports only the failed messages, and counts the orders of the others", async () => {
  const sqs = await start("sqs");
  const { failed, result } = await sqs.invoke(
    sqsEvent(['{"plan":"pro"}', '{"plan":"pro","card":"declined"}', '{"plan":"free"}', "no JSON"]),
  );
  expect({ failed, result }).toEqual({
    failed: false,
    result: {
      batchItemFailures: [{ itemIdentifier: "message-1" }, { itemIdentifier: "message-3" }],
    },
  });
  const { of, sum } = await pushedBy(sqs);
  expect(sum("faas_batch_item_failures_total", { faas_trigger: "pubsub" })).toBe(2);
  expect(of("sqs")).toEqual({
    succeeded: 1,
    failed: 0,
    timedOut: 0,
    coldStarts: 1,
    pro: 1,
    free: 1,
    charges: 3,
  });
});

test("the scheduled function sets the backlog", async () => {
  const schedule = await start("schedule");
  expect(await schedule.invoke(scheduledEvent)).toEqual({ failed: false, result: null });
  const { of, sum } = await pushedBy(schedule);
  expect(sum("backlog_messages", { job: "schedule" })).toBe(3);
  expect(of("schedule")).toMatchObject({ succeeded: 1, failed: 0 });
  expect(sum("faas_invocations_total", { faas_trigger: "timer" })).toBe(1);
});

test("the CommonJS function counts its invocations, with register.mjs preloaded from its own folder", async () => {
  const handler = await start("handler", preload());
  await handler.invoke({ plan: "pro" });
  await handler.invoke({ plan: "pro", card: "declined" });
  await handler.invoke(httpApiEvent('{"plan":"free"}'));
  expect((await pushedBy(handler)).of("handler")).toEqual({
    succeeded: 2,
    failed: 1,
    timedOut: 0,
    coldStarts: 1,
    pro: 1,
    free: 1,
    charges: 3,
  });
});

test.each([
  { name: "http", event: httpApiEvent('{"plan":"pro"}') },
  { name: "sqs", event: sqsEvent(['{"plan":"pro"}']) },
  { name: "schedule", event: scheduledEvent },
  { name: "handler", event: { plan: "pro" } },
])("$name answers before the gateway does", { timeout: 15_000 }, async ({ name, event }) => {
  const { opened, open } = gate();
  const slow = await forwardingGateway(gateway.url, () => opened);
  const env = { PUSHGATEWAY_URL: slow.url, ...(name === "handler" && preload()) };
  const running = await start(name, { ...env, ...patient }, { timeoutMs: 60_000 });
  // A function that pushes before it answers would exceed this test's timeout.
  expect((await running.invoke(event)).failed).toBe(false);
  expect((await read()).of(name).succeeded).toBeUndefined();
  open();
  expect((await pushedBy(running)).of(name).succeeded).toBe(1);
});

/** On Lambda, the path is /var/task/register.mjs; here the folder is elsewhere. */
function preload(): Variables {
  return { NODE_OPTIONS: `--import=${pathToFileURL(join(built, "handler/register.mjs")).href}` };
}
