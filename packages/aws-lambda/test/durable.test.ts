import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { installLane } from "@prefreeze/install-lane";
import { nodeBinary } from "@prefreeze/lambda-emulator/runtime-clients";
import { beforeAll, describe, test } from "vitest";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";

const gateway = useGateway(false);
const { shown } = gateway;
const lane = fileURLToPath(new URL("./durable", import.meta.url));
const plugin = { DURABLE_EXECUTION_PLUGINS: "@prefreeze/aws-lambda/durable" };

let node: string;
beforeAll(async () => {
  [node] = await Promise.all([nodeBinary(24), installLane(lane)]);
}, 180_000);

/** Runs executions of a function, each with one of the events, in one process on Node 24. */
async function run(
  job: string,
  exported: string,
  { module = "./functions.mjs", env = {}, events = [{}] as readonly object[] },
) {
  const { stdout, stderr } = await promisify(execFile)(
    node,
    ["run.mjs", module, exported, JSON.stringify(events)],
    {
      cwd: lane,
      env: {
        PUSHGATEWAY_URL: gateway.url,
        AWS_LAMBDA_FUNCTION_NAME: job,
        // Nothing calls it: the local runner calls the handler.
        AWS_LAMBDA_RUNTIME_API: "127.0.0.1:9",
        ...env,
      },
    },
  );
  return {
    ends: JSON.parse(stdout) as unknown,
    warnings: stderr.split("\n").filter((line) => line.includes("prefreeze:")),
  };
}

/** The values of a counter by its label `at`. */
async function byPlace(name: string, job: string): Promise<Record<string, number>> {
  const lines = (await gateway.metrics()).split("\n");
  const values: Record<string, number> = {};
  for (const line of lines) {
    const [, labels = "", value] = /^(?:\w+)\{(.*)\} (\S+)$/.exec(line) ?? [];
    const at = /at="([^"]*)"/.exec(labels)?.[1];
    if (line.startsWith(`${name}{`) && labels.includes(`job="${job}"`) && at !== undefined)
      values[at] = Number(value);
  }
  return values;
}

const warning =
  'prefreeze: metric "outside_total" is recorded outside the steps of a durable execution: what its replays record again is dropped; record inside a step';

describe.concurrent("durable functions on AWS's local runner", { timeout: 60_000 }, () => {
  test("count each invocation, and each execution once by its end", async ({ expect }) => {
    const job = "executions";
    const events = [{}, {}, { fail: true }];
    const { ends } = await run(job, "order", { env: plugin, events });
    const end = (status: string) => ({ status, invocations: 2 });
    expect(ends).toEqual([end("SUCCEEDED"), end("SUCCEEDED"), end("FAILED")]);
    const executions = (status: string) => shown("faas_durable_executions_total", { job, status });
    expect(await executions("succeeded")).toBe(2);
    expect(await executions("failed")).toBe(1);
    expect(await shown("faas_invocations_total", { job })).toBe(5);
    expect(await shown("faas_errors_total", { job, error_type: "RangeError" })).toBe(1);
    expect(await shown("faas_errors_total", { job })).toBe(1);
  });

  test("without the plugin count what a replay records outside steps once more", async ({
    expect,
  }) => {
    const job = "no-plugin";
    const { warnings } = await run(job, "order", { events: [{}, { fail: true }] });
    expect(await byPlace("steps_total", job)).toEqual({ charge: 2, send: 2 });
    expect(await byPlace("outside_total", job)).toEqual({ top: 4, charged: 4, waited: 2, end: 1 });
    expect(await shown("faas_errors_total", { job, error_type: "RangeError" })).toBe(1);
    expect(await shown("faas_invocations_total", { job })).toBe(3);
    expect(warnings).toEqual([]);
  });

  test.for([
    {
      exported: "order",
      steps: { charge: 1, send: 1 },
      outside: { top: 1, charged: 1, waited: 1, end: 1 },
    },
    { exported: "retries", steps: { flaky: 3 }, outside: { top: 1, end: 1 } },
    {
      exported: "parallel",
      steps: { left: 1, right: 1 },
      outside: {
        top: 1,
        "left begins": 1,
        "left has waited": 1,
        "left ends": 1,
        "right begins": 1,
        "right has waited": 1,
        "right ends": 1,
        end: 1,
      },
    },
    {
      exported: "children",
      steps: {},
      outside: {
        "real begins": 1,
        "real ends": 1,
        "after real": 1,
        "virtual begins": 1,
        "virtual ends": 1,
        "after virtual": 1,
        end: 1,
      },
    },
    {
      exported: "approval",
      steps: { ask: 1, look: 2 },
      outside: { top: 1, approved: 1, end: 1 },
    },
  ])(
    "with the plugin, $exported records each attempt of a step and each place outside steps once",
    async ({ exported, steps, outside }, { expect }) => {
      const { warnings } = await run(exported, exported, { env: plugin });
      expect(await byPlace("steps_total", exported)).toEqual(steps);
      expect(await byPlace("outside_total", exported)).toEqual(outside);
      expect(await shown("faas_durable_executions_total", { job: exported })).toBe(1);
      expect(warnings).toEqual([warning]);
    },
  );

  test("that are never replayed warn about nothing", async ({ expect }) => {
    const job = "never-waits";
    const { warnings } = await run(job, "neverWaits", { env: plugin, events: [{}, {}] });
    expect(await byPlace("outside_total", job)).toEqual({ top: 2 });
    expect(warnings).toEqual([]);
  });

  test.for([
    { how: "by the variable", exported: "configured", env: plugin },
    { how: "in code", exported: "inCode", env: {} },
    { how: "both ways", exported: "inCode", env: plugin },
  ])(
    "in CommonJS get the plugin $how, and count once",
    async ({ how, exported, env }, { expect }) => {
      const job = `common-js ${how}`;
      await run(job, exported, { module: "./common-js.cjs", env });
      expect(await byPlace("outside_total", job)).toEqual({ top: 1 });
      expect(await shown("faas_durable_executions_total", { job })).toBe(1);
    },
  );

  test("wrapped inside the SDK's wrapper run bare, and a warning says how to wrap them", async ({
    expect,
  }) => {
    const { ends, warnings } = await run("inside-out", "wrappedInside", {});
    expect(ends).toEqual([{ status: "SUCCEEDED", invocations: 2 }]);
    expect(warnings).toEqual([
      "prefreeze: nothing is measured inside withDurableExecution(): write instrument(withDurableExecution(handler))",
    ]);
    expect(await shown("faas_invocations_total", { job: "inside-out" })).toBeUndefined();
  });
});
