import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./guides.js";

test("the README has at most 1,200 words, its blocks of code included", async () => {
  const text = await readFile(join(root, "README.md"), "utf8");
  expect(text.trim().split(/\s+/).length).toBeLessThanOrEqual(1_200);
});
