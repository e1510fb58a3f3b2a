import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const packages = fileURLToPath(new URL("../../packages", import.meta.url));
const compiler = join(
  dirname(createRequire(import.meta.url).resolve("typescript/package.json")),
  "bin/tsc",
);

/** The projects with type tests: files that are compiled, not run. */
const projects = readdirSync(packages)
  .flatMap((name) => [`${name}/test/types`, `${name}/test/types/cloudflare`])
  .filter((folder) => existsSync(join(packages, folder, "tsconfig.json")));

test("every adapter has type tests, that of Workers also against Cloudflare's own types", () => {
  expect(projects).toEqual([
    "aws-lambda/test/types",
    "cloudflare-workers/test/types",
    "cloudflare-workers/test/types/cloudflare",
    "node/test/types",
    "vercel/test/types",
  ]);
});

test.each(projects)(
  "%s: handlers keep their types, and wrong ones do not compile",
  { timeout: 30_000 },
  (folder) => {
    const project = join(packages, folder);
    const { stdout, status } = spawnSync(process.execPath, [compiler, "-p", project], {
      encoding: "utf8",
    });
    expect(stdout).toBe("");
    expect(status).toBe(0);
  },
);
