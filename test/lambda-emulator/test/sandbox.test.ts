import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { invoke, isRunning, start, writeFunction } from "./function-under-test.js";

/** Counts its invocations in the process and, in a file, in the sandbox. */
const counting = {
  "index.mjs": `
    import { appendFileSync, readFileSync } from "node:fs";
    import { tmpdir } from "node:os";
    import { join } from "node:path";
    let inProcess = 0;
    const file = join(tmpdir(), "count");
    export const handler = async ({ crash, hang }, { logStreamName }) => {
      inProcess += 1;
      appendFileSync(file, "x");
      if (crash) process.exit(1);
      if (hang) await new Promise((resolve) => setTimeout(resolve, 60_000));
      const inSandbox = readFileSync(file, "utf8").length;
      return { inProcess, inSandbox, logStreamName, pid: process.pid, folder: tmpdir() };
    };`,
};

const slow = {
  "index.mjs": `
    export const handler = () => new Promise((resolve) => setTimeout(resolve, 300, "answered"));`,
};

describe("a sandbox", () => {
  test.each([
    ["crash", { crash: true }],
    ["timeout", { hang: true }],
  ])(
    "outlives a %s: same log stream, same temporary files, another process",
    async (_how, event) => {
      const lambda = await start(counting, { timeoutMs: 1_000 });
      const { result: before } = await invoke(lambda);
      expect((await invoke(lambda, event)).functionError).toBe("Unhandled");
      await lambda.settled();
      expect(lambda.environments()).toMatchObject([{ running: false, frozen: false }]);
      const { result: after } = await invoke(lambda);
      expect(before).toMatchObject({ inProcess: 1, inSandbox: 1 });
      expect(after).toMatchObject({
        inProcess: 1,
        inSandbox: 3,
        logStreamName: before.logStreamName,
      });
      expect(after.pid).not.toBe(before.pid);
      expect(isRunning(before.pid)).toBe(false);
      expect(lambda.environments()).toMatchObject([
        { pid: after.pid, tmpFolder: before.folder, invocations: 3, running: true },
      ]);
      expect(lambda.coldStarts()).toBe(2);
    },
  );

  test("outlives a process that is killed after its answer, as when it is out of memory", async () => {
    const lambda = await start(counting);
    const { result: before } = await invoke(lambda);
    await lambda.settled();
    expect(lambda.killProcess(before.pid)).toBe(true);
    await lambda.settled();
    expect(lambda.environments()).toMatchObject([{ running: false }]);
    expect(lambda.killProcess(before.pid)).toBe(false);
    expect((await invoke(lambda)).result).toMatchObject({ inProcess: 1, inSandbox: 2 });
  });

  test("keeps a process that has not answered yet", async () => {
    const lambda = await start(slow);
    const answer = invoke(lambda);
    await vi.waitUntil(() => lambda.environments()[0]?.invocations === 1, 10_000);
    expect(lambda.killProcess(lambda.environments()[0]!.pid)).toBe(false);
    expect((await answer).result).toBe("answered");
  });

  test("initializes again within the function's timeout", async () => {
    const lambda = await start(
      {
        "index.mjs": `
          import { existsSync, writeFileSync } from "node:fs";
          import { join } from "node:path";
          const file = join(process.env.TMPDIR, "crashed");
          if (existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 60_000));
          export const handler = async () => { writeFileSync(file, ""); process.exit(1); };`,
      },
      { timeoutMs: 500 },
    );
    expect((await invoke(lambda)).result.errorType).toBe("Runtime.ExitError");
    expect((await invoke(lambda)).result.errorMessage).toContain(
      "Task timed out after 0.50 seconds",
    );
  });

  test("has temporary files of its own, which are removed with it", async () => {
    const lambda = await start(counting);
    const [one, two] = await Promise.all([invoke(lambda), invoke(lambda)]);
    expect([one.result.inSandbox, two.result.inSandbox]).toEqual([1, 1]);
    expect(one.result.folder).not.toBe(two.result.folder);
    await lambda.settled();
    await lambda.shutdownEnvironment(one.result.pid);
    expect(existsSync(one.result.folder)).toBe(false);
    expect(existsSync(two.result.folder)).toBe(true);
    await lambda.stop();
    expect(existsSync(two.result.folder)).toBe(false);
  });

  test("can start with another sandbox's files, under a log stream of its own", async () => {
    const foundFiles = await writeFunction({ count: "xx" });
    const lambda = await start(counting, { foundFiles });
    const { result: first } = await invoke(lambda);
    await lambda.settled();
    await lambda.shutdownEnvironment(first.pid);
    const { result: second } = await invoke(lambda);
    expect([first.inSandbox, second.inSandbox]).toEqual([3, 3]);
    expect(second.logStreamName).not.toBe(first.logStreamName);
  });

  test("is frozen, and ends, together with the processes that its handler has started", async () => {
    const watch = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void watch.close());
    await once(watch, "listening");
    let ticks = 0;
    const childGone = once(watch, "connection").then(([socket]) =>
      once(
        socket.on("data", (text: Buffer) => (ticks += text.length)),
        "close",
      ),
    );
    const lambda = await start({
      "child.js": `
        const socket = require("node:net").connect(Number(process.argv[2]), "127.0.0.1");
        setInterval(() => socket.write("."), 5);`,
      "index.js": `
        const { spawn } = require("node:child_process");
        const { join } = require("node:path");
        exports.handler = async ({ port }) => {
          if (port) spawn(process.execPath, [join(__dirname, "child.js"), String(port)]);
          await new Promise((resolve) => setTimeout(resolve, 200));
        };`,
    });
    await invoke(lambda, { port: (watch.address() as AddressInfo).port });
    await expect.poll(async () => (await invoke(lambda), ticks)).toBeGreaterThan(5);
    await lambda.settled();
    // Data that the child wrote before it was stopped may still be on its way.
    await sleep(50);
    const before = ticks;
    await sleep(200);
    expect(ticks).toBe(before);
    await lambda.stop();
    await childGone;
  });
});

describe("provisioned concurrency", () => {
  test("initializes an environment before the first invocation", async () => {
    const lambda = await start(
      { "index.js": `exports.handler = async () => process.env.AWS_LAMBDA_INITIALIZATION_TYPE;` },
      { initializationType: "provisioned-concurrency" },
    );
    expect(lambda.environments()).toMatchObject([{ frozen: true, invocations: 0 }]);
    expect((await invoke(lambda)).result).toBe("provisioned-concurrency");
    expect(lambda.coldStarts()).toBe(1);
  });
});
