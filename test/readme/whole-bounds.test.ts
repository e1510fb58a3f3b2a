import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readBlocks } from "./blocks.js";
import { root } from "./guides.js";

/** Finds selectors of a bucket by a whole bound, such as `le="1"`, which is another text in Prometheus 3. */
function wholeBoundsIn(text: string): string[] {
  const selectors = text.matchAll(/\ble\s*(?:=~?|!=|!~)\s*\\?["'`]([^"'`\\]*)\\?["'`]/g);
  return Array.from(selectors)
    .filter(([, value = ""]) => value.split("|").some((bound) => /^\d+$/.test(bound)))
    .map(([selector]) => selector);
}

/** The files of a folder, without those that a program has installed or built, of which there are very many. */
function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isFile()) return [join(root, path)];
    const isOurs = !["node_modules", "dist", ".apps", ".next"].includes(entry.name);
    return entry.isDirectory() && isOurs ? filesIn(path) : [];
  });
}

test("the search sees selectors in PromQL, YAML, dashboards and code", () => {
  const bad = [
    'x_bucket{le="1"}',
    "x_bucket{le = '30'}",
    '"expr": "x_bucket{le=\\"5\\"}"',
    'x_bucket{le=~"0.5|1"}',
    'x_bucket{le!="10",job="orders"}',
  ];
  for (const text of bad) expect(wholeBoundsIn(text), text).toHaveLength(1);
  for (const text of ['x_bucket{le="0.5"}', 'x_bucket{le="+Inf"}', 'x{sale="1"}', 'x{le="1.0"}'])
    expect(wholeBoundsIn(text), text).toEqual([]);
});

test("no rule, dashboard or query selects a bucket by the text of a whole bound", async () => {
  const found: string[] = [];
  const infra = [...filesIn("infra"), ...filesIn("examples")].filter(
    (file) => !file.endsWith(".md"),
  );
  expect(infra.some((file) => file.endsWith("prometheus.yml"))).toBe(true);
  for (const file of infra) found.push(...wholeBoundsIn(readFileSync(file, "utf8")));

  // What is outside of a block is prose, which may explain this.
  const guides = [...["infra", "examples", "packages"].flatMap(filesIn), join(root, "README.md")];
  const blocks = await Promise.all(
    guides.filter((file) => file.endsWith(".md")).map((file) => readBlocks(file)),
  );
  const queries = blocks.flat().filter(({ language }) => ["promql", "yaml"].includes(language));
  expect(queries.length).toBeGreaterThan(5);
  for (const { text } of queries) found.push(...wholeBoundsIn(text));
  expect(found).toEqual([]);
});

test("no test that asks Prometheus selects a bucket by the text of a whole bound", () => {
  const tests = filesIn("test")
    .map((file) => ({ file, text: readFileSync(file, "utf8") }))
    .filter(({ file, text }) => file.endsWith(".ts") && /\b(?:start)?Prometheus\b/i.test(text))
    .filter(({ file }) => !/whole-bounds/.test(file));
  expect(tests.length).toBeGreaterThan(3);
  // In the report of the truth run, bounds are numbers.
  const queries = tests.map(({ text }) => text.replaceAll(/\bseries\[.*?\]/g, ""));
  expect(queries.flatMap(wholeBoundsIn)).toEqual([]);
});
