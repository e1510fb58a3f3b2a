import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { extensionModule, polling } from "./extension-handlers.js";
import { invoke, start } from "./function-under-test.js";
import { nodeBinary } from "../src/runtime-client/runtimes.js";
import { nativeWherePossible } from "../src/runtime-client/native-where-possible.js";
import type { RuntimeClient } from "../src/runtime-client/runtimes.js";

// AWS pairs RIC 3 with Node 20 and 22 and RIC 4 with Node 24; container images may have any pair.
const pairs = [
  ["ric-3", 20],
  ["ric-3", 22],
  ["ric-3", 24],
  ["ric-4", 20],
  ["ric-4", 22],
  ["ric-4", 24],
] as const;

const ticking = `
  let lastMs = performance.now();
  let longestMs = 0;
  let ticks = 0;
  setInterval(() => {
    ticks++;
    longestMs = Math.max(longestMs, performance.now() - lastMs);
    lastMs = performance.now();
  }, 5).unref();
  const work = async ({ runMs }) => {
    await new Promise((resolve) => setTimeout(resolve, runMs));
    return { ticks, longestMs, pid: process.pid, node: process.versions.node };
  };`;

const handlers = {
  "an async handler": { "index.js": `${ticking} exports.handler = work;` },
  "an ES module": { "index.mjs": `await null; ${ticking} export const handler = work;` },
  "a streaming handler": {
    "index.js": `${ticking}
      exports.handler = awslambda.streamifyResponse(async (event, stream) => {
        stream.setContentType("application/json");
        stream.write(" ");
        stream.end(JSON.stringify(await work(event)));
      });`,
  },
  "a registered extension that does nothing": {
    "extension.mjs": extensionModule,
    "polling.mjs": polling,
    "index.mjs": `import "./polling.mjs"; ${ticking} export const handler = work;`,
  },
} as const;

/**
 * Ends itself by a signal on SIGTERM. With the native client `process.exit()` would wait for
 * `next`.
 */
const ending = {
  ...handlers["a registered extension that does nothing"],
  "index.mjs": `
    import "./polling.mjs";
    const listener = () => {
      console.log("SIGTERM came");
      process.off("SIGTERM", listener);
      process.kill(process.pid, "SIGTERM");
    };
    process.on("SIGTERM", listener);
    export const handler = async () => process.pid;`,
};

const native = new Map<RuntimeClient, boolean>();
beforeAll(async () => {
  for (const client of ["ric-3", "ric-4"] as const) {
    native.set(client, await nativeWherePossible(client));
  }
}, 900_000);

describe.each(pairs)("%s on Node %i", (runtimeClient, majorVersion) => {
  test.each(Object.entries(handlers))("runs, freezes and thaws %s", async (_what, files) => {
    const lambda = await start(files, {
      runtimeClient,
      nativeClient: native.get(runtimeClient) === true,
      nodePath: await nodeBinary(majorVersion),
      timeoutMs: 10_000,
    });
    const { result: first, functionError } = await invoke(lambda, { runMs: 100 });
    expect(functionError).toBeUndefined();
    expect(first.node).toMatch(new RegExp(`^${majorVersion}\\.`));
    expect(first.ticks).toBeGreaterThan(1);
    await lambda.settled();
    expect(lambda.environments()).toMatchObject([{ pid: first.pid, frozen: true }]);
    await sleep(500);
    const { result: second } = await invoke(lambda, { runMs: 20 });
    expect(second.pid).toBe(first.pid);
    // The timer was due many times during the freeze and fired once, after the thaw.
    expect(second.longestMs).toBeGreaterThan(450);
    await lambda.settled();
    expect(lambda.environments()).toMatchObject([{ invocations: 2, frozen: true }]);
  });

  test("ends on SIGTERM with a registered extension", async () => {
    const lambda = await start(ending, {
      runtimeClient,
      nativeClient: native.get(runtimeClient) === true,
      nodePath: await nodeBinary(majorVersion),
    });
    const { result: pid } = await invoke(lambda);
    await lambda.settled();
    expect(await lambda.shutdownEnvironment(pid)).toMatchObject({ signal: "SIGTERM" });
    expect(lambda.logs()).toContain("SIGTERM came");
  });
});

test.each(["ric-3", "ric-4"] as const)(
  "%s loads its native addon only if told to",
  async (client) => {
    const files = {
      "index.js": `exports.handler = async () => process.report.getReport().sharedObjects;`,
    };
    const nativeClient = native.get(client) === true;
    for (const told of nativeClient ? [false, true] : [false]) {
      const lambda = await start(files, { runtimeClient: client, nativeClient: told });
      const { result: loaded } = await invoke(lambda);
      expect(loaded.some((path: string) => path.endsWith("rapid-client.node"))).toBe(told);
    }
  },
);
