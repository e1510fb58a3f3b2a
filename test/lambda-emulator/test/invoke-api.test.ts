import { describe, expect, test } from "vitest";
import { invoke, start } from "./function-under-test.js";

describe("the Invoke API", () => {
  const logging = {
    "index.js": `exports.handler = async ({ say }) => {
      console.log("out: " + say);
      process.stderr.write("err: " + say + "\\n");
    };`,
  };

  test("accepts an event and runs it after the caller has its answer", async () => {
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

  test("reports the initialization's duration for a cold start only", async () => {
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

  test("refuses another function's name and a payload that is not JSON", async () => {
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
