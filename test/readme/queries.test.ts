import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readBlocks } from "./blocks.js";
import { root } from "./guides.js";

/** A file's blocks of PromQL, each on one line. */
async function queriesIn(file: string): Promise<ReadonlyMap<string | undefined, string>> {
  const blocks = (await readBlocks(join(root, file))).filter(
    ({ language }) => language === "promql",
  );
  return new Map(blocks.map(({ name, text }) => [name, onOneLine(text)]));
}

const onOneLine = (text: string): string =>
  text.replaceAll(/^#.*$/gm, "").replaceAll(/\s+/g, " ").trim();

test("the guide of core shows the shipped rule and the query of the operator's guide, which promtool tests", async () => {
  const operator = await queriesIn("infra/README.md");
  const core = await queriesIn("packages/core/README.md");
  expect(core.get("gauge")).toBe(operator.get("gauge"));
  const rules = await readFile(join(root, "infra/prometheus/rules/direct.yml"), "utf8");
  expect(onOneLine(rules)).toContain(
    core.get("rule")?.replaceAll("orders_total", "faas_invocations_total"),
  );
});
