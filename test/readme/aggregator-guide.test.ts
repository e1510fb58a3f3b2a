import { startAggregator } from "@prefreeze/aggregator";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { parseText } from "../pushgateway/parse.js";
import { startRealGateway } from "../pushgateway/real.js";
import { readTable } from "./blocks.js";
import { root } from "./guides.js";

const guide = join(root, "packages/aggregator/README.md");

test("the guide of the aggregator lists every option of the command, with its default", async () => {
  const program = join(root, "packages/cli/bin/prefreeze.js");
  const { stdout } = await promisify(execFile)(process.execPath, [program, "aggregate", "--help"]);
  const helped = Array.from(
    stdout.matchAll(/^ +(--[\w-]+) <([A-Z:]+)>(.*(?:\n {10,}.*)*)/gm),
    ([, name, value, rest = ""]) => ({
      option: `${name} ${value}`,
      default: /\[(.*)\]/.exec(rest)?.[1],
    }),
  );
  expect(helped.length).toBeGreaterThan(10);

  const rows = await readTable("option | in code | default", guide);
  const listed = rows.flatMap(([options = "", , usual = ""]) =>
    Array.from(options.matchAll(/`([^`]+)`/g), ([, option]) => ({
      option,
      default: ["none", "required"].includes(usual)
        ? undefined
        : usual.replaceAll("`", "").replaceAll(/(\d),(\d)/g, "$1$2"),
    })),
  );
  expect(listed).toEqual(expect.arrayContaining(helped));
  expect(listed).toHaveLength(helped.length);
});

test("the guide of the aggregator lists every metric that it shows about itself", async () => {
  const directory = await mkdtemp(join(tmpdir(), "aggregator-guide-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await using gateway = await startRealGateway();
  const aggregator = await startAggregator({
    directory,
    listen: { host: "127.0.0.1", port: 0 },
    pushgateway: gateway.url,
  });
  onTestFinished(() => aggregator.close());
  const families = parseText(await (await fetch(`${aggregator.url}/metrics`)).text());

  const rows = await readTable("metric | type | labels", guide);
  const listed = rows.map(([name = "", type]) => ({ name: name.replaceAll("`", ""), type }));
  expect(listed).toEqual(families.map(({ name, type }) => ({ name, type })));
});
