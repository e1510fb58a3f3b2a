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

/** The packages with type tests: files that are compiled, not run. */
const adapters = readdirSync(packages).filter((name) =>
  existsSync(join(packages, name, "test/types/tsconfig.json")),
);

test("every adapter has type tests", () => {
  expect(adapters).toEqual(["aws-lambda", "cloudflare-workers", "vercel"]);
});

test.each(adapters)(
  "%s: handlers keep their types, and wrong ones do not compile",
  { timeout: 30_000 },
  (name) => {
    const project = join(packages, name, "test/types");
    const { stdout, status } = spawnSync(process.execPath, [compiler, "-p", project], {
      encoding: "utf8",
    });
    expect(stdout).toBe("");
    expect(status).toBe(0);
  },
);
