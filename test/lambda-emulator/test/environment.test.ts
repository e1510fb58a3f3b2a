import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { invoke, isRunning, start } from "./function-under-test.js";

/** Counts its invocations and returns the id of its process. */
const counting = {
  "index.js": `
    let count = 0;
    exports.handler = async () => ({ count: ++count, pid: process.pid });`,
};

describe("an environment", () => {
  test("is frozen between invocations and runs during one", async () => {
    const lambda = await start({
      "index.js": `
        let last = performance.now();
        let gaps = [];
        setInterval(() => {
          const now = performance.now();
          gaps.push(now - last);
          last = now;
        }, 5);
        exports.handler = async ({ runMs }) => {
          const before = gaps;
          gaps = [];
          await new Promise((resolve) => setTimeout(resolve, runMs));
          return { during: gaps.length, longestMs: Math.max(...before, ...gaps) };
        };`,
    });
    const { result: first } = await invoke(lambda, { runMs: 200 });
    expect(first.during).toBeGreaterThan(1);
    await lambda.settled();
    expect(lambda.environments()).toMatchObject([{ frozen: true }]);
    await sleep(1_000);
    // The timer was due many times during the freeze and fired once, after the thaw.
    const { result: second } = await invoke(lambda, { runMs: 20 });
    expect(second.longestMs).toBeGreaterThan(950);
  });

  test("is used again while it is warm", async () => {
    const lambda = await start(counting);
    for (const count of [1, 2, 3, 4]) {
      expect((await invoke(lambda)).result.count).toBe(count);
    }
    expect(lambda.coldStarts()).toBe(1);
    expect(lambda.environments()).toMatchObject([{ invocations: 4 }]);
  });

  test("takes one invocation at a time: each of several concurrent invocations gets its own", async () => {
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

  test("serves waiting invocations one after another at maxEnvironments", async () => {
    const lambda = await start(counting, { maxEnvironments: 1 });
    const answers = await Promise.all([invoke(lambda), invoke(lambda), invoke(lambda)]);
    expect(new Set(answers.map(({ result }) => result.count))).toEqual(new Set([1, 2, 3]));
    expect(lambda.coldStarts()).toBe(1);
  });

  test("can go on working after the caller has the response", async () => {
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

  test("can be shut down while it is frozen", async () => {
    const lambda = await start(counting);
    const { result: before } = await invoke(lambda);
    await lambda.settled();
    await lambda.shutdownEnvironment(before.pid);
    expect(isRunning(before.pid)).toBe(false);
    expect((await invoke(lambda)).result.count).toBe(1);
    await expect(lambda.shutdownEnvironment(before.pid)).rejects.toThrow(String(before.pid));
  });
});
