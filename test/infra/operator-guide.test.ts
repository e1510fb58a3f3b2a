import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { findOrFetch } from "../pushgateway/fetch.mjs";
import { readBlocks } from "../readme/blocks.js";

const run = promisify(execFile);

let blocks: ReadonlyMap<string | undefined, string>;
beforeAll(async () => {
  const guide = await readBlocks(new URL("../../infra/README.md", import.meta.url));
  blocks = new Map(guide.map(({ name, text }) => [name, text]));
});

/** Makes a folder with these files, which is removed after the test. */
async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "operator-guide-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

test("the rules for direct pushes count births, deaths, one-shots, outages and older snapshots exactly, and the queries of the guide show the same numbers", async () => {
  // One value per scrape, every 15 s. `_` is a scrape without the group.
  const series = {
    [sample("faas_invocations_total", "died")]: "1 1 2 3 5x4 _x60",
    [sample("faas_invocations_total", "one-shot")]: "_x10 1x60",
    [sample("faas_invocations_total", "rolled-back")]: "_x20 10 11 _x20 12 9 12 14x60",
    [sample("faas_errors_total", "died", 'error_type=""')]: "0x8 _x60",
    [sample("faas_errors_total", "died", 'error_type="Error"')]: "_x3 2x5 _x60",
    [sample("faas_errors_total", "one-shot", 'error_type=""')]: "_x10 0x60",
    [sample("faas_errors_total", "rolled-back", 'error_type="Error"')]: "_x20 3x60",
    [sample("faas_timeouts_total", "rolled-back")]: "_x20 5x60",
    [sample("faas_invoke_duration_seconds_bucket", "died", 'le="0.1"')]: "19x8 _x60",
    [sample("faas_invoke_duration_seconds_bucket", "died", 'le="0.5"')]: "20x8 _x60",
    [sample("faas_invoke_duration_seconds_bucket", "died", 'le="+Inf"')]: "20x8 _x60",
    'backlog_messages{job="orders",instance="died"}': "5000x60",
    'backlog_messages{job="orders",instance="newest"}': "3x60",
    'push_time_seconds{job="orders",instance="died"}': "100x60",
    'push_time_seconds{job="orders",instance="newest"}': "700x60",
  };
  // The queries divide by the 300 s of their window.
  const [invocations, errors, timeouts] = [20, 5, 5];
  const expected = {
    rate: ['{job="orders"}', (invocations + errors + timeouts) / 300],
    "error-ratio": ['{job="orders"}', errors / (invocations + errors + timeouts)],
    p95: ['{job="orders"}', 0.1],
    gauge: ['backlog_messages{job="orders",instance="newest"}', 3],
  } as const;
  const folder = await folderWith({
    "rules.yml": await readFile(
      new URL("../../infra/prometheus/rules/direct.yml", import.meta.url),
      "utf8",
    ),
    "test.yml": JSON.stringify({
      rule_files: ["rules.yml"],
      evaluation_interval: "1m",
      tests: [
        {
          interval: "15s",
          input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
          promql_expr_test: Object.entries(expected).map(([name, [labels, value]]) => ({
            // All births and deaths happen within 15 minutes, so the test widens the window, but not the divisor.
            expr: blocks.get(name)!.replaceAll("[5m]", "[15m]"),
            eval_time: "14m30s",
            exp_samples: [{ labels, value }],
          })),
        },
      ],
    }),
  });

  const promtool = await findOrFetch("promtool");
  await expect(
    run(promtool, ["test", "rules", "test.yml"], { cwd: folder }),
  ).resolves.toMatchObject({ stdout: expect.stringContaining("SUCCESS") as string });
});

function sample(name: string, instance: string, ...labels: readonly string[]): string {
  const all = ['job="orders"', `instance="${instance}"`, 'faas_trigger="http"', ...labels];
  return `${name}{${all.join()}}`;
}
