import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { invoke, start, writeFunction } from "./function-under-test.js";

test("AWS_LAMBDA_EXEC_WRAPPER starts the runtime, with the variables and options it adds", async () => {
  const taskRoot = await writeFunction({
    "index.js": `exports.handler = async () => ({
      pid: process.pid, added: process.env.ADDED, execArgv: process.execArgv });`,
    wrapper: `#!/bin/sh\nexport ADDED=yes\nnode="$1"\nshift\nexec "$node" --no-deprecation "$@"\n`,
  });
  const wrapper = join(taskRoot, "wrapper");
  await chmod(wrapper, 0o755);
  const lambda = await start({}, { taskRoot, env: { AWS_LAMBDA_EXEC_WRAPPER: wrapper } });
  const { result } = await invoke(lambda);
  expect(result).toMatchObject({ added: "yes" });
  expect(result.execArgv).toContain("--no-deprecation");
  await lambda.settled();
  expect(lambda.environments()).toMatchObject([{ pid: result.pid, frozen: true }]);
});

test("an AWS_LAMBDA_EXEC_WRAPPER that does not exist is named", async () => {
  const files = { "index.js": `exports.handler = async () => {};` };
  const lambda = await start(files, { env: { AWS_LAMBDA_EXEC_WRAPPER: "/nowhere/wrapper" } });
  await expect(invoke(lambda)).rejects.toThrow("/nowhere/wrapper");
});
