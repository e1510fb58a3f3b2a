import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { exclusively } from "./exclusively.js";
import { writeFunction } from "./function-under-test.js";

test("two actions under one lock run one after the other", async () => {
  const lockFile = join(await writeFunction({}), "lock");
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

test("a failed action, and a process that is gone, hold no lock", async () => {
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  const lockFile = join(await writeFunction({ lock: String(pid) }), "lock");
  const failing = exclusively(lockFile, () => Promise.reject(new Error("on purpose")));
  await expect(failing).rejects.toThrow("on purpose");
  expect(await exclusively(lockFile, async () => "done")).toBe("done");
});
