import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const compiler = join(
  dirname(createRequire(import.meta.url).resolve("typescript/package.json")),
  "bin/tsc",
);

test("handlers keep their types, and what is wrong does not compile", { timeout: 30_000 }, () => {
  const project = fileURLToPath(new URL("types", import.meta.url));
  const { stdout, status } = spawnSync(process.execPath, [compiler, "-p", project], {
    encoding: "utf8",
  });
  expect(stdout).toBe("");
  expect(status).toBe(0);
});
