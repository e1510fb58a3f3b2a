import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { httpTransport } from "@prefreeze/node";
import { instanceOn } from "@prefreeze/core/adapter";
import { readTable } from "./blocks.js";
import { root } from "./guides.js";

const common = "core/src/instance/options.ts";
const lambda = "aws-lambda/src/lambda-options.ts";
const servers = "node/src/server/push-every.ts";
const workers = "cloudflare-workers/src/runtime/worker-options.ts";

interface Option {
  readonly name: string;
  readonly variable: string;
  /** Its docstring says a default that is a number or a boolean. */
  readonly default: string | undefined;
}

/** The options of an interface, as its docstrings describe them. */
async function optionsIn(source: string): Promise<Option[]> {
  const text = await readFile(join(root, "packages", source), "utf8");
  const body = /export interface \w*Options[^{]*\{(.*?)\n\}/s.exec(text)![1]!;
  return [...body.matchAll(/\/\*\*(.*?)\*\/\s+readonly (\w+)\?/gs)].map(
    ([, doc = "", name = ""]) => ({
      name,
      variable: /`(P[A-Z]+_[A-Z_]+)`/.exec(doc)?.[1] ?? "",
      default: /Default `?([\d,]+|true|false)\b/.exec(doc)?.[1],
    }),
  );
}

test.each([
  ["core", [common]],
  ["aws-lambda", [common, lambda]],
  ["cloudflare-workers", [common, workers]],
  ["vercel", [common]],
  ["node", [common, servers]],
])("the guide of %s lists every option with its variable and default", async (name, sources) => {
  const found = (await Promise.all(sources.map(optionsIn))).flat();
  // A platform may have another default: what its own interface says holds.
  const options = [...new Map(found.map((option) => [option.name, option])).values()];
  expect(options.length).toBeGreaterThan(12);

  const rows = await readTable("option | variable", join(root, "packages", name, "README.md"));
  const shown = rows.map(([option = "", variable = "", type = "", usual = ""]) => ({
    name: option.replaceAll("`", ""),
    variable: /^`(\w+)`/.exec(variable)?.[1] ?? "",
    default: /^`?([\d,]+|true|false)\b/.exec(usual)?.[1],
    type,
  }));
  const types = shown.map(({ type }) => type);
  expect(types.every(Boolean)).toBe(true);
  const byName = (a: Option, b: Option) => (a.name < b.name ? -1 : 1);
  expect(shown.map(({ type: _, ...rest }) => rest).sort(byName)).toEqual(options.sort(byName));
});

test("the defaults that the guide of core lists are those of an instance", async () => {
  const rows = await readTable("option | variable", join(root, "packages/core/README.md"));
  const listed = rows.flatMap(([option = "", , , usual = ""]) => {
    const [, number] = /^([\d,]+) ?(?:ms)?$/.exec(usual) ?? [];
    return number === undefined
      ? []
      : [[option.replaceAll("`", ""), Number(number.replace(",", ""))] as const];
  });
  expect(listed.map(([name]) => name)).toEqual([
    "flushTimeoutMs",
    "minFlushIntervalMs",
    "maxSeries",
  ]);

  const instance = instanceOn(
    {
      name: "test",
      flushMode: ["never"],
      env: { PREFREEZE_JOB: "orders" },
      job: "test",
      instancePrefix: "test",
      targetInfo: {},
      transport: httpTransport,
    },
    { url: "http://127.0.0.1:1" },
  );
  expect(instance?.settings).toMatchObject(Object.fromEntries(listed));
});
