import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { laneOf, lanes, splitLanes } from "./lanes.mjs";

test("the longest matching beginning of its path decides a file's lane", () => {
  expect(laneOf("packages/aws-lambda/test/deadline.test.ts")).toBe("lambda");
  expect(laneOf("packages/aws-lambda/test/layer-content.test.ts")).toBe("lambda-setups");
  expect(laneOf("packages/new/test/first.test.ts")).toBeUndefined();
});

test("arguments are lanes up to the first that is none", () => {
  expect(splitLanes(["core", "vercel", "-t", "node"])).toEqual({
    chosen: ["core", "vercel"],
    rest: ["-t", "node"],
  });
  expect(splitLanes(["packages/core"])).toEqual({ chosen: [], rest: ["packages/core"] });
});

test("--list shows each lane with its usual time, or that it has none yet", async () => {
  const program = fileURLToPath(new URL("../run.mjs", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [program, "--list"]);
  const listed = [
    ...stdout.matchAll(/^([a-z-]+) +(?:\d+ min \d+ s|[1-9]\d* s|not timed)  \w/gm),
  ].map(([, name]) => name);
  expect(listed).toEqual(lanes.map(({ name }) => name));
});
