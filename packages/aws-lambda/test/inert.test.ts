import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const script = fileURLToPath(new URL("fixtures/inert.mjs", import.meta.url));

test.each([
  ["on a developer's machine", { PUSHGATEWAY_URL: "http://127.0.0.1:9" }],
  ["on Vercel, which runs on Lambda", { AWS_LAMBDA_RUNTIME_API: "127.0.0.1:9001", VERCEL: "1" }],
])("%s it leaves no handle, listener or word", async (_, env) => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [script], { env });
  const { before, after, ...told } = JSON.parse(stdout) as Record<string, unknown>;
  expect(after).toEqual(before);
  expect(told).toEqual({ result: "result", mode: "inert" });
  expect(stderr).toBe("");
});
