import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { cacheFolder } from "../src/runtime-client/cache-folder.js";
import { writeFunction } from "./function-under-test.js";

test("the README's program starts a function, calls it and stops it", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const [, source = ""] = /```ts\n([^]*?)```/.exec(readme) ?? [];
  // Inside the repository, where its imports are found.
  const folder = await mkdtemp(join(await cacheFolder(), "readme-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const program = join(folder, "program.mts");
  await writeFile(program, source);
  const taskRoot = await writeFunction({
    "index.mjs": `export const handler = async () => "sold";`,
  });
  const words = ["--import", "tsx", program, taskRoot];
  const { stdout } = await promisify(execFile)(process.execPath, words);
  expect(stdout).toBe('"sold"\n');
});
