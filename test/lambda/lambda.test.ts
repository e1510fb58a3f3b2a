import { InvokeCommand, type InvokeCommandInput } from "@aws-sdk/client-lambda";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  bundleHandler,
  lambdaClient,
  startLambda,
  type Lambda,
  type LambdaOptions,
} from "./lambda.js";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function writeFunction(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "emulated-lambda-"));
  cleanups.push(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

async function start(
  files: Record<string, string>,
  options: Partial<LambdaOptions> = {},
): Promise<Lambda> {
  const lambda = await startLambda({
    taskRoot: await writeFunction(files),
    handler: "index.handler",
    functionName: "shop",
    ...options,
  });
  cleanups.push(() => lambda.stop());
  return lambda;
}

async function invoke(lambda: Lambda, event: object = {}, input: Partial<InvokeCommandInput> = {}) {
  const client = lambdaClient(lambda.endpoint);
  try {
    const output = await client.send(
      new InvokeCommand({ FunctionName: "shop", Payload: JSON.stringify(event), ...input }),
    );
    const text = output.Payload?.transformToString() ?? "";
    return {
      status: output.StatusCode,
      functionError: output.FunctionError,
      result: text === "" ? undefined : JSON.parse(text),
      logTail: Buffer.from(output.LogResult ?? "", "base64").toString(),
    };
  } finally {
    client.destroy();
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const nodeMajorVersion = Number.parseInt(process.versions.node, 10);

/** Counts its invocations, and says which process it runs in. */
const counting = {
  "index.js": `
    let count = 0;
    exports.handler = async () => ({ count: ++count, pid: process.pid });`,
};

describe("a function", () => {
  test("written as CommonJS answers with what its handler returns", async () => {
    const lambda = await start({
      "index.js": `exports.handler = async (event) => ({ hello: event.name });`,
    });
    expect(await invoke(lambda, { name: "Ada" })).toMatchObject({
      status: 200,
      functionError: undefined,
      result: { hello: "Ada" },
    });
  });

  test("written as an ES module answers with what its handler returns", async () => {
    const lambda = await start(
      { "app.mjs": `export const run = async (event) => ({ hello: event.name });` },
      { handler: "app.run" },
    );
    expect((await invoke(lambda, { name: "Ada" })).result).toEqual({ hello: "Ada" });
  });

  test.each(["cjs", "esm"] as const)("bundled from TypeScript as %s runs", async (format) => {
    const source = await writeFunction({
      "greeting.ts": `export const greeting: string = "hello";`,
      "handler.ts": `
        import { greeting } from "./greeting.js";
        export const handler = async (event: { name: string }) => greeting + " " + event.name;`,
    });
    const bundled = await bundleHandler({
      entry: join(source, "handler.ts"),
      outdir: join(source, "bundle"),
      format,
    });
    const lambda = await start({}, bundled);
    expect((await invoke(lambda, { name: "Ada" })).result).toBe("hello Ada");
  });

  test("sees its invocation in the context", async () => {
    const lambda = await start(
      {
        "index.js": `exports.handler = async (event, context) => ({
          ...context, remainingMs: context.getRemainingTimeInMillis() });`,
      },
      { timeoutMs: 2_000, memorySizeMb: 256 },
    );
    const clientContext = Buffer.from('{"client":{"app":"till"}}').toString("base64");
    const { result } = await invoke(lambda, {}, { ClientContext: clientContext });
    expect(result).toMatchObject({
      functionName: "shop",
      functionVersion: "$LATEST",
      memoryLimitInMB: "256",
      invokedFunctionArn: "arn:aws:lambda:eu-central-1:123456789012:function:shop",
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      xRayTraceId: expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=/),
      clientContext: { client: { app: "till" } },
    });
    expect(result.remainingMs).toBeGreaterThan(1_000);
    expect(result.remainingMs).toBeLessThanOrEqual(2_000);
  });

  test("sees AWS's variables and its own, and none of the process that emulates", async () => {
    vi.stubEnv("ONLY_HERE", "1");
    cleanups.push(() => vi.unstubAllEnvs());
    const lambda = await start(
      { "index.js": `exports.handler = async () => process.env;` },
      { env: { PUSHGATEWAY_URL: "http://127.0.0.1:9091" }, memorySizeMb: 512 },
    );
    const { result } = await invoke(lambda);
    expect(result).toMatchObject({
      PUSHGATEWAY_URL: "http://127.0.0.1:9091",
      _HANDLER: "index.handler",
      AWS_EXECUTION_ENV: `AWS_Lambda_nodejs${nodeMajorVersion}.x`,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "512",
      AWS_LAMBDA_FUNCTION_NAME: "shop",
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
      AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/shop",
      AWS_LAMBDA_LOG_STREAM_NAME: expect.stringMatching(
        /^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/,
      ),
      AWS_REGION: "eu-central-1",
      TZ: ":UTC",
    });
    expect(result).not.toHaveProperty("ONLY_HERE");
    expect(result).not.toHaveProperty("HOME");
  });

  const requiring = {
    "module.mjs": `export const loaded = "loaded";`,
    "index.js": `exports.handler = async () => {
      try { return require("./module.mjs").loaded; } catch (error) { return error.code; }
    };`,
  };

  test("cannot require() an ES module before nodejs24.x, as on AWS", async () => {
    const { result } = await invoke(await start(requiring));
    expect(result).toBe(nodeMajorVersion < 24 ? "ERR_REQUIRE_ESM" : "loaded");
  });

  test("can switch require() of ES modules on again through NODE_OPTIONS", async () => {
    const env = { NODE_OPTIONS: "--experimental-require-module" };
    const { result } = await invoke(await start(requiring, { env }));
    expect(result).toBe("loaded");
  });
});

describe("a failure", () => {
  test("of the handler reaches the caller with its type and message", async () => {
    const lambda = await start({
      "index.js": `exports.handler = async () => { throw new RangeError("too many"); };`,
    });
    expect(await invoke(lambda)).toMatchObject({
      status: 200,
      functionError: "Unhandled",
      result: { errorType: "RangeError", errorMessage: "too many" },
    });
    await lambda.settled();
    expect(lambda.environments()).toMatchObject([{ invocations: 1, frozen: true }]);
  });

  test("while the module loads reaches the caller, and the next call tries again", async () => {
    const lambda = await start({ "index.js": `throw new TypeError("no table name");` });
    for (let attempt = 1; attempt <= 2; attempt++) {
      expect(await invoke(lambda)).toMatchObject({
        functionError: "Unhandled",
        result: { errorType: "TypeError", errorMessage: "no table name" },
      });
      await lambda.settled();
      expect(lambda.environments()).toEqual([]);
      expect(lambda.coldStarts()).toBe(attempt);
    }
  });

  const exiting = {
    "index.js": `
      let count = 0;
      exports.handler = async ({ code, signal }) => {
        if (code !== undefined) process.exit(code);
        if (signal !== undefined) process.kill(process.pid, signal);
        return { count: ++count, pid: process.pid };
      };`,
  };

  test("by exit tells the exit status, and the next call gets a new environment", async () => {
    const lambda = await start(exiting);
    const { result: before } = await invoke(lambda);
    const crashed = await invoke(lambda, { code: 7 });
    expect(crashed.functionError).toBe("Unhandled");
    expect(crashed.result).toEqual({
      errorType: "Runtime.ExitError",
      errorMessage: expect.stringMatching(
        /^RequestId: [0-9a-f-]{36} Error: Runtime exited with error: exit status 7$/,
      ),
    });
    const { result: after } = await invoke(lambda);
    expect(after.count).toBe(1);
    expect(after.pid).not.toBe(before.pid);
    expect(lambda.environments().map(({ pid }) => pid)).toEqual([after.pid]);
    expect(isRunning(before.pid)).toBe(false);
  });

  test.each([
    [{ code: 0 }, "Runtime exited without providing a reason"],
    [{ signal: "SIGKILL" }, "Runtime exited with error: signal: killed"],
  ])("by %j is told in AWS's words", async (event, words) => {
    const { result } = await invoke(await start(exiting), event);
    expect(result.errorMessage).toContain(words);
  });

  test("right behind the response leaves the response as it is", async () => {
    const lambda = await start({
      "index.js": `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
        await new Promise((resolve) => stream.end(JSON.stringify("x".repeat(3e6)), resolve));
        process.exit(1);
      });`,
    });
    const { functionError, result } = await invoke(lambda);
    expect(functionError).toBeUndefined();
    expect(result).toHaveLength(3e6);
    await lambda.settled();
    expect(lambda.environments()).toEqual([]);
  });

  test("by timeout ends the environment, and the next call gets a new one", async () => {
    const lambda = await start(
      {
        "index.js": `exports.handler = async ({ hang }) => {
          if (hang) await new Promise((resolve) => setTimeout(resolve, 60_000));
          return process.pid;
        };`,
      },
      { timeoutMs: 300 },
    );
    const { result: before } = await invoke(lambda);
    const timedOut = await invoke(lambda, { hang: true });
    expect(timedOut.functionError).toBe("Unhandled");
    expect(timedOut.result).toEqual({
      errorMessage: expect.stringMatching(
        /^\d{4}-\d\d-\d\dT[\d:.]+Z [0-9a-f-]{36} Task timed out after 0\.30 seconds$/,
      ),
    });
    expect(lambda.logs()).toContain(timedOut.result.errorMessage);
    const { result: after } = await invoke(lambda);
    expect(after).not.toBe(before);
    expect(isRunning(before)).toBe(false);
  });
});

describe("an environment", () => {
  test("is frozen between invocations and runs during one", async () => {
    const lambda = await start({
      "index.js": `
        let ticks = 0;
        setInterval(() => ticks++, 5);
        exports.handler = async ({ runMs }) => {
          const before = ticks;
          await new Promise((resolve) => setTimeout(resolve, runMs));
          return { before, after: ticks };
        };`,
    });
    const { result: first } = await invoke(lambda, { runMs: 200 });
    await lambda.settled();
    expect(lambda.environments()).toMatchObject([{ frozen: true }]);
    await sleep(200);
    const { result: second } = await invoke(lambda, { runMs: 0 });
    expect(first.after - first.before).toBeGreaterThan(10);
    // A timer that is due at the thaw fires once.
    expect(second.before - first.after).toBeLessThan(4);
  });

  test("is used again while it is warm", async () => {
    const lambda = await start(counting);
    for (const count of [1, 2, 3, 4]) {
      expect((await invoke(lambda)).result.count).toBe(count);
    }
    expect(lambda.coldStarts()).toBe(1);
    expect(lambda.environments()).toMatchObject([{ invocations: 4 }]);
  });

  test("takes one invocation at a time, so that concurrent ones get one each", async () => {
    const lambda = await start(counting);
    const three = () => Promise.all([invoke(lambda), invoke(lambda), invoke(lambda)]);
    const cold = await three();
    await lambda.settled();
    await three();
    expect(cold.map(({ result }) => result.count)).toEqual([1, 1, 1]);
    expect(new Set(cold.map(({ result }) => result.pid)).size).toBe(3);
    expect(lambda.coldStarts()).toBe(3);
    expect(new Set(lambda.environments().map(({ logStreamName }) => logStreamName)).size).toBe(3);
  });

  test("serves what waits once there may be no more environments", async () => {
    const lambda = await start(counting, { maxEnvironments: 1 });
    const answers = await Promise.all([invoke(lambda), invoke(lambda), invoke(lambda)]);
    expect(new Set(answers.map(({ result }) => result.count))).toEqual(new Set([1, 2, 3]));
    expect(lambda.coldStarts()).toBe(1);
  });

  test("is still at work when the caller has the response already", async () => {
    const lambda = await start({
      "index.js": `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
        stream.end('"done"');
        await new Promise((resolve) => setTimeout(resolve, 300));
        console.log("worked on");
      });`,
    });
    expect((await invoke(lambda)).result).toBe("done");
    expect(lambda.logs()).not.toContain("worked on");
    expect(lambda.environments()).toMatchObject([{ frozen: false }]);
    await lambda.settled();
    expect(lambda.logs()).toContain("worked on");
    expect(lambda.environments()).toMatchObject([{ frozen: true }]);
  });

  test("can be shut down, frozen as it is", async () => {
    const lambda = await start(counting);
    const { result: before } = await invoke(lambda);
    await lambda.settled();
    await lambda.shutdownEnvironment(before.pid);
    expect(isRunning(before.pid)).toBe(false);
    expect((await invoke(lambda)).result.count).toBe(1);
    await expect(lambda.shutdownEnvironment(before.pid)).rejects.toThrow(String(before.pid));
  });
});

describe("the Invoke API", () => {
  const logging = {
    "index.js": `exports.handler = async ({ say }) => {
      console.log("out: " + say);
      process.stderr.write("err: " + say + "\\n");
    };`,
  };

  test("accepts an event and runs it behind the caller's back", async () => {
    const lambda = await start(logging);
    const accepted = await invoke(lambda, { say: "later" }, { InvocationType: "Event" });
    expect(accepted).toMatchObject({ status: 202, result: undefined });
    await lambda.settled();
    expect(lambda.logs()).toContain("out: later");
    expect(lambda.environments()).toMatchObject([{ invocations: 1 }]);
  });

  test("returns the log of the invocation, and only of that, with LogType Tail", async () => {
    const lambda = await start(logging);
    await invoke(lambda, { say: "first" });
    const { logTail } = await invoke(lambda, { say: "second" }, { LogType: "Tail" });
    expect(logTail).toMatch(
      /^START RequestId: .*\n[^]*out: second\nerr: second\nEND RequestId: .*\nREPORT /,
    );
    expect(logTail).not.toContain("first");
    expect(lambda.logs()).toMatch(/out: first\nerr: first\n[^]*out: second\nerr: second\n/);
  });

  test("tells an initialization's duration with a cold start only", async () => {
    const lambda = await start(logging);
    const cold = await invoke(lambda, {}, { LogType: "Tail" });
    const warm = await invoke(lambda, {}, { LogType: "Tail" });
    expect(cold.logTail).toMatch(/Init Duration: \d+\.\d\d ms/);
    expect(warm.logTail).not.toContain("Init Duration");
  });

  test("checks a function without running it with DryRun", async () => {
    const lambda = await start(logging);
    expect((await invoke(lambda, {}, { InvocationType: "DryRun" })).status).toBe(204);
    expect(lambda.coldStarts()).toBe(0);
  });

  test("refuses another function's name and a payload that is no JSON", async () => {
    const lambda = await start(logging);
    await expect(invoke(lambda, {}, { FunctionName: "till" })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: expect.stringContaining("function:till"),
    });
    await expect(invoke(lambda, {}, { Payload: Buffer.from("{") })).rejects.toMatchObject({
      name: "InvalidRequestContentException",
    });
    expect(lambda.coldStarts()).toBe(0);
  });
});

describe("at the end", () => {
  /** A server that every function process connects to, to see when its process is gone. */
  async function watchProcesses(): Promise<{ server: Server; port: number }> {
    const server = createServer().listen(0, "127.0.0.1");
    cleanups.push(() => server.close());
    await once(server, "listening");
    return { server, port: (server.address() as AddressInfo).port };
  }
  const connecting = {
    "index.js": `
      require("node:net").connect(Number(process.env.WATCH_PORT), "127.0.0.1").unref();
      exports.handler = async ({ hang }) => { if (hang) await new Promise(() => {}); };`,
  };

  test("stop() leaves no process, neither a frozen one nor one at work", async () => {
    const lambda = await start(
      {
        "index.js": `exports.handler = async ({ hang }) => {
          console.log(hang ? "hanging" : "done");
          if (hang) await new Promise((resolve) => setTimeout(resolve, 60_000));
        };`,
      },
      { timeoutMs: 60_000 },
    );
    await Promise.all([invoke(lambda), invoke(lambda)]);
    await lambda.settled();
    const hanging = invoke(lambda, { hang: true });
    await vi.waitFor(() => expect(lambda.logs()).toContain("hanging"));
    const pids = lambda.environments().map(({ pid }) => pid);
    expect(pids).toHaveLength(2);
    await lambda.stop();
    expect((await hanging).result.errorMessage).toContain("signal: killed");
    expect(pids.filter(isRunning)).toEqual([]);
    await expect(invoke(lambda)).rejects.toThrow("ECONNREFUSED");
  });

  test.each(["throws", "is terminated"])(
    "a process that %s takes its frozen environments with it",
    async (how) => {
      const { server, port } = await watchProcesses();
      const connected = once(server, "connection");
      const taskRoot = await writeFunction(connecting);
      const options = { taskRoot, handler: "index.handler", functionName: "shop" };
      const lambdaModule = fileURLToPath(new URL("lambda.ts", import.meta.url));
      await writeFile(
        join(taskRoot, "program.mts"),
        `import { startLambda } from ${JSON.stringify(lambdaModule)};
        const options = ${JSON.stringify({ ...options, env: { WATCH_PORT: String(port) } })};
        const lambda = await startLambda(options);
        await fetch(lambda.endpoint + "/2015-03-31/functions/shop/invocations", { method: "POST" });
        await lambda.settled();
        ${how === "throws" ? `throw new Error("on purpose");` : `process.stdout.write("frozen");`}`,
      );
      const program = spawn(process.execPath, ["--import", "tsx", join(taskRoot, "program.mts")], {
        cwd: fileURLToPath(new URL(".", import.meta.url)),
        stdio: ["ignore", "pipe", "ignore"],
      });
      cleanups.push(() => program.kill("SIGKILL"));
      const exited = once(program, "exit");
      const [socket] = await connected;
      const disconnected = once(socket.resume(), "close");
      if (how === "is terminated") {
        await once(program.stdout, "data");
        program.kill("SIGTERM");
      }
      expect(await exited).toEqual(how === "throws" ? [1, null] : [null, "SIGTERM"]);
      await disconnected;
    },
  );

  test("a Node binary that is not there is named", async () => {
    await expect(start({}, { nodePath: "/nowhere/node" })).rejects.toThrow("/nowhere/node");
  });
});
