import { describe, expect, test } from "vitest";
import { invoke, isRunning, start } from "./function-under-test.js";

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
      expect(lambda.environments()).toMatchObject([{ running: false }]);
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

  test("by exit is reported with the exit status, and the next call starts a new process", async () => {
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
  ])("caused by %j is reported in AWS's words", async (event, words) => {
    const { result } = await invoke(await start(exiting), event);
    expect(result.errorMessage).toContain(words);
  });

  test("right after the response leaves the response as it is", async () => {
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
    expect(lambda.environments()).toMatchObject([{ running: false }]);
  });

  test("by timeout ends the process, and the next call starts a new one", async () => {
    const lambda = await start(
      {
        "index.js": `exports.handler = async ({ hang }) => {
          if (hang) await new Promise((resolve) => setTimeout(resolve, 60_000));
          return process.pid;
        };`,
      },
      { timeoutMs: 1_500 },
    );
    const { result: before } = await invoke(lambda);
    const timedOut = await invoke(lambda, { hang: true });
    expect(timedOut.functionError).toBe("Unhandled");
    expect(timedOut.result).toEqual({
      errorMessage: expect.stringMatching(
        /^\d{4}-\d\d-\d\dT[\d:.]+Z [0-9a-f-]{36} Task timed out after 1\.50 seconds$/,
      ),
    });
    expect(lambda.logs()).toContain(timedOut.result.errorMessage);
    const { result: after } = await invoke(lambda);
    expect(after).not.toBe(before);
    expect(isRunning(before)).toBe(false);
  });
});
