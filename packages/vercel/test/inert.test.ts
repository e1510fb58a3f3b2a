import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const script = fileURLToPath(new URL("fixtures/inert.mjs", import.meta.url));

test.each([
  ["on a developer's machine", {}],
  ["on Lambda", { AWS_LAMBDA_RUNTIME_API: "127.0.0.1:9001" }],
  ["while Next.js builds on Vercel", { VERCEL: "1", NEXT_PHASE: "phase-production-build" }],
  ["on Vercel where it is disabled", { VERCEL: "1", PREFREEZE_DISABLED: "true" }],
])("%s it leaves no handle, listener or word", async (_, env) => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [script], { env });
  const { before, after, ...told } = JSON.parse(stdout) as Record<string, unknown>;
  expect(after).toEqual(before);
  expect(told).toEqual({ results: ["fetch", "GET"], mode: "inert" });
  expect(stderr).toBe("");
});
