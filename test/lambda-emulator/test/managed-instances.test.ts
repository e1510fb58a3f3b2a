import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { extensionModule } from "./extension-handlers.js";
import { invoke, isRunning, start } from "./function-under-test.js";
import type { LambdaOptions } from "../src/index.js";

const options = (more: Partial<LambdaOptions> = {}): Partial<LambdaOptions> => ({
  managedInstances: { maxConcurrency: 8, workerThreads: 2 },
  ...more,
});

/** Counts how many invocations run at once in its thread. */
const concurrent = {
  "index.mjs": `
    import { threadId } from "node:worker_threads";
    let running = 0, most = 0;
    export const handler = async ({ runMs = 200 }) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, runMs));
      running--;
      return { threadId, most, pid: process.pid };
    };`,
};

describe("on Managed Instances", () => {
  test("one environment runs many invocations at once, in several threads", async () => {
    const lambda = await start(concurrent, options());
    expect(lambda.environments()).toMatchObject([{ invocations: 0, frozen: false }]);
    // They take so long that the thread that starts last finds some of them waiting.
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => invoke(lambda, { runMs: 1_500 })),
    );
    const results = answers.map(({ result }) => result);
    expect(new Set(results.map(({ threadId }) => threadId)).size).toBe(2);
    expect(new Set(results.map(({ pid }) => pid)).size).toBe(1);
    expect(Math.max(...results.map(({ most }) => most))).toBeGreaterThan(1);
    expect(lambda.coldStarts()).toBe(1);
  });

  test("no more run at once in one environment than its concurrency", async () => {
    const lambda = await start(
      concurrent,
      options({ managedInstances: { maxConcurrency: 2, workerThreads: 1 }, maxEnvironments: 1 }),
    );
    const answers = await Promise.all(Array.from({ length: 6 }, () => invoke(lambda)));
    expect(Math.max(...answers.map(({ result }) => result.most))).toBe(2);
  });

  test("the function learns that from its environment", async () => {
    const lambda = await start(
      { "index.mjs": `export const handler = async () => process.env;` },
      options(),
    );
    expect((await invoke(lambda)).result).toMatchObject({
      AWS_LAMBDA_INITIALIZATION_TYPE: "lambda-managed-instances",
      AWS_LAMBDA_MAX_CONCURRENCY: "8",
    });
  });

  test("nothing is frozen", async () => {
    const lambda = await start(
      {
        "index.mjs": `
          let ticks = 0;
          setInterval(() => ticks++, 5);
          export const handler = async () => ticks;`,
      },
      options({ managedInstances: { maxConcurrency: 8, workerThreads: 1 } }),
    );
    const { result: before } = await invoke(lambda);
    await lambda.settled();
    expect(lambda.environments()).toMatchObject([{ frozen: false }]);
    await sleep(300);
    expect((await invoke(lambda)).result - before).toBeGreaterThan(5);
  });

  test("an extension may register for no event only", async () => {
    const lambda = await start(
      {
        "extension.mjs": extensionModule,
        "index.mjs": `
          import { next, register } from "./extension.mjs";
          const refused = await register(["INVOKE"]);
          const { status } = await register([]);
          void next();
          export const handler = async () => ({ refused: refused.body.errorType, status });`,
      },
      options({ managedInstances: { maxConcurrency: 8, workerThreads: 1 } }),
    );
    expect((await invoke(lambda)).result).toEqual({
      refused: "Extension.InvalidEventType",
      status: 200,
    });
  });

  test("a timeout is reported to its caller and ends nothing", async () => {
    const lambda = await start(concurrent, options({ timeoutMs: 500 }));
    const [slow, quick] = await Promise.all([
      invoke(lambda, { runMs: 1_000 }),
      invoke(lambda, { runMs: 1 }),
    ]);
    expect(slow.result.errorMessage).toContain("Task timed out after 0.50 seconds");
    expect((await invoke(lambda)).result.pid).toBe(quick.result.pid);
  });

  test("a crash fails all running invocations, and another environment takes over", async () => {
    const lambda = await start(
      {
        "index.mjs": `
          export const handler = async ({ crash }) => {
            if (crash) process.kill(process.pid, "SIGKILL");
            await new Promise((resolve) => setTimeout(resolve, 300));
            return process.pid;
          };`,
      },
      options(),
    );
    const { result: before } = await invoke(lambda);
    const answers = await Promise.all([invoke(lambda), invoke(lambda, { crash: true })]);
    expect(answers.map(({ result }) => result.errorType)).toEqual([
      "Runtime.ExitError",
      "Runtime.ExitError",
    ]);
    expect((await invoke(lambda)).result).not.toBe(before);
    expect(lambda.environments()).toHaveLength(1);
    expect(lambda.coldStarts()).toBe(2);
  });

  const mainThread = (register: string) => ({
    "extension.mjs": extensionModule,
    "preload.mjs": `
      import { isMainThread } from "node:worker_threads";
      import { next, register } from "./extension.mjs";
      if (isMainThread) {
        ${register}
        const listener = () => {
          console.log("main thread told");
          process.off("SIGTERM", listener);
          process.kill(process.pid, "SIGTERM");
        };
        process.on("SIGTERM", listener);
      }`,
    "index.mjs": `
      process.on("SIGTERM", () => console.log("worker told"));
      export const handler = async () => process.env.LAMBDA_TASK_ROOT;`,
  });

  test.each([
    ["a registered extension: SIGTERM reaches the main thread", `await register([]); void next();`],
    ["no extension: killed at once", ``],
  ])("a shutdown with %s", async (_what, register) => {
    const lambda = await start(mainThread(register), {
      ...options({ managedInstances: { maxConcurrency: 8, workerThreads: 1 } }),
      env: { NODE_OPTIONS: "--import=./preload.mjs" },
    });
    await invoke(lambda);
    const [{ pid } = { pid: 0 }] = lambda.environments();
    const ended = await lambda.shutdownEnvironment(pid);
    const graceful = register !== "";
    expect(ended.signal).toBe(graceful ? "SIGTERM" : "SIGKILL");
    expect(lambda.logs().includes("main thread told")).toBe(graceful);
    expect(lambda.logs()).not.toContain("worker told");
    expect(isRunning(pid)).toBe(false);
  });
});
