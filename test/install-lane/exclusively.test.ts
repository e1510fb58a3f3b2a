import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { exclusively } from "./exclusively.js";

/** The path of a lock file in a folder of the test's own. */
async function lockFilePath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "prefreeze-lock-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, "lock");
}

test("two actions under one lock run one after the other", async () => {
  const lockFile = await lockFilePath();
  const steps: string[] = [];
  const action = (name: string) => async () => {
    steps.push(`${name} begins`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    steps.push(`${name} ends`);
    return name;
  };
  const names = await Promise.all([
    exclusively(lockFile, action("one")),
    exclusively(lockFile, action("two")),
  ]);
  expect(names).toEqual(["one", "two"]);
  expect(steps).toEqual(["one begins", "one ends", "two begins", "two ends"]);
  expect(existsSync(lockFile)).toBe(false);
});

test("a failed action gives its lock back, and the lock of a process that is gone is taken over", async () => {
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  const lockFile = await lockFilePath();
  await writeFile(lockFile, String(pid));
  const failing = exclusively(lockFile, () => Promise.reject(new Error("on purpose")));
  await expect(failing).rejects.toThrow("on purpose");
  expect(await exclusively(lockFile, async () => "done")).toBe("done");
});
