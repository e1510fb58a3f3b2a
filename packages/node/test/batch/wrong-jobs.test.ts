import { gauge, instrumentJob } from "@prefreeze/node";
import { expect, test } from "vitest";

test.each(["", "x".repeat(256), 5, undefined, null])("%j is no name of a job", (name) => {
  expect(() => instrumentJob(name as string, () => 1)).toThrow(
    new TypeError("prefreeze: instrumentJob() needs a name of 1 to 255 characters"),
  );
});

test("a job needs a function", () => {
  expect(() => instrumentJob("clean-up", 5 as unknown as () => void)).toThrow(
    new TypeError('prefreeze: instrumentJob("clean-up") needs a function to run'),
  );
});

test("a name may have any characters, and a job runs under a test runner as well", async () => {
  expect(await instrumentJob("räumt/auf é 🧹", async () => 3)).toBe(3);
});

test("a metric of the program's own with the name of a job's and another shape is an error where it is defined", async () => {
  await instrumentJob("clean-up", () => undefined);
  expect(() => gauge({ name: "batch_job_success", help: "Mine.", labelNames: ["by"] })).toThrow(
    /^prefreeze: metric "batch_job_success": it is defined twice/,
  );
});
