import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { readTable } from "./blocks.js";

const sources = ["core/src/instance/options.ts", "aws-lambda/src/lambda-options.ts"];

/** The text between the braces of the interface of options in a package's file. */
async function optionsIn(source: string): Promise<string> {
  const text = await readFile(new URL(`../../packages/${source}`, import.meta.url), "utf8");
  return /export interface \w*Options[^{]*\{(.*?)\n\}/s.exec(text)![1]!;
}

test("the README's table of settings names every option and variable, and no other", async () => {
  const rows = await readTable("option");
  const shown = rows.flatMap(([option = "", variable = ""]) =>
    [option, variable].flatMap((cell) =>
      [...cell.matchAll(/`([A-Za-z_]+)`/g)].map(([, name]) => name),
    ),
  );

  const body = (await Promise.all(sources.map(optionsIn))).join("\n");
  const options = [...body.matchAll(/readonly (\w+)\?/g)].map(([, name]) => name);
  const variables = [...body.matchAll(/`(P[A-Z]+_[A-Z_]+)`/g)].map(([, name]) => name);

  expect(options.length).toBeGreaterThan(10);
  expect(new Set(shown)).toEqual(new Set([...options, ...variables]));
});
