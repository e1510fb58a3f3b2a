import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const script = fileURLToPath(new URL("fixtures/inert.mjs", import.meta.url));

test("in Node, where unit tests call a Worker, it leaves no handle, listener, promise or word", async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [script], { env: {} });
  const { before, after, ...told } = JSON.parse(stdout) as Record<string, unknown>;
  expect(after).toEqual(before);
  expect(told).toEqual({
    result: "http://localhost/ http://127.0.0.1:9 ctx",
    waits: 0,
    mode: "inert",
  });
  expect(stderr).toBe("");
});
