import { describe, expect, test } from "vitest";
import { extensionModule, polling } from "./extension-handlers.js";
import { invoke, isRunning, start } from "./function-under-test.js";

const answering = `
  process.on("SIGTERM", () => { console.log("SIGTERM came"); });
  export const handler = async () => process.pid;`;

const withExtension = (onTerm: string) => ({
  "extension.mjs": extensionModule,
  "polling.mjs": polling,
  "index.mjs": `
    import "./polling.mjs";
    ${onTerm}
    export const handler = async () => process.pid;`,
});

/** Invokes once, and shuts the frozen environment down. */
async function runAndShutDown(files: Record<string, string>) {
  const lambda = await start(files);
  const { result: pid } = await invoke(lambda);
  await lambda.settled();
  const ended = await lambda.shutdownEnvironment(pid);
  expect(isRunning(pid)).toBe(false);
  expect(lambda.environments()).toEqual([]);
  return { ended, logs: lambda.logs() };
}

describe("a shutdown", () => {
  test("without an extension kills at once", async () => {
    const { ended, logs } = await runAndShutDown({ "index.mjs": answering });
    expect(ended).toMatchObject({ exitCode: null, signal: "SIGKILL" });
    expect(logs).not.toContain("SIGTERM came");
  });

  test("with an internal extension thaws the runtime and sends SIGTERM", async () => {
    const { ended, logs } = await runAndShutDown(
      withExtension(`
        const listener = async () => {
          await new Promise((resolve) => setTimeout(resolve, 30));
          console.log("flushed");
          process.off("SIGTERM", listener);
          process.kill(process.pid, "SIGTERM");
        };
        process.on("SIGTERM", listener);`),
    );
    expect(ended).toMatchObject({ exitCode: null, signal: "SIGTERM" });
    expect(ended.durationMs).toBeGreaterThan(25);
    expect(logs).toContain("flushed");
  });

  test("with an internal extension kills a process that has not ended after 300 ms", async () => {
    const { ended, logs } = await runAndShutDown(
      withExtension(`process.on("SIGTERM", () => { console.log("SIGTERM came"); });`),
    );
    expect(ended).toMatchObject({ exitCode: null, signal: "SIGKILL" });
    expect(ended.durationMs).toBeGreaterThan(290);
    expect(logs).toContain("SIGTERM came");
  });
});
