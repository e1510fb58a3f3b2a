import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readTable } from "./blocks.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The titles of all tests of a folder's files, as they are written. */
function titlesIn(folder: string): string[] {
  const files = readdirSync(join(root, folder), { encoding: "utf8" });
  return files
    .filter((file) => file.endsWith(".test.ts"))
    .flatMap((file) => {
      const text = readFileSync(join(root, folder, file), "utf8");
      // Those of `test.each` with a name of their own are in its table.
      const titles = text.matchAll(/(?:\b(?:test|it)(?:\.each\(.*?\))?\(|\[)\s*"([^"]+)"/gs);
      return Array.from(titles, ([, title]) => title!);
    });
}

test("each row of the README's table of what happens is the title of a test", async () => {
  const titles = [...titlesIn("packages/aws-lambda/test"), ...titlesIn("packages/core/test")];
  const rows = (await readTable("what happens")).map(([what]) => what!);
  expect(rows.length).toBeGreaterThan(15);
  expect(rows.filter((row) => !titles.some((title) => title.includes(row)))).toEqual([]);
});
