import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { readTable } from "./blocks.js";

const source = new URL("../../packages/core/src/settings.ts", import.meta.url);

test("the README's table of settings names every option and variable, and no other", async () => {
  const rows = await readTable("option");
  const shown = rows.flatMap(([option = "", variable = ""]) =>
    [option, variable].flatMap((cell) =>
      [...cell.matchAll(/`([A-Za-z_]+)`/g)].map(([, name]) => name),
    ),
  );

  const [, body = ""] =
    /export interface Options \{(.*?)\n\}/s.exec(await readFile(source, "utf8")) ?? [];
  const options = [...body.matchAll(/readonly (\w+)\?/g)].map(([, name]) => name);
  const variables = [...body.matchAll(/`(P[A-Z]+_[A-Z_]+)`/g)].map(([, name]) => name);

  expect(options.length).toBeGreaterThan(10);
  expect(new Set(shown)).toEqual(new Set([...options, ...variables]));
});
