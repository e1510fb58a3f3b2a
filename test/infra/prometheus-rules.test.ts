import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { parse } from "yaml";
import { shippedFiles } from "../../packages/cli/src/index.js";
import { startPrometheus } from "../end-to-end/prometheus.js";
import { foundPrograms } from "../pushgateway/programs.mjs";
import { startRealGateway } from "../pushgateway/real.js";
import { readBlocks } from "../readme/blocks.js";

const run = promisify(execFile);
const infra = fileURLToPath(new URL("../../infra/prometheus/", import.meta.url));

interface Rule {
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}
interface RuleFile {
  readonly groups: readonly { readonly interval: string; readonly rules: readonly Rule[] }[];
}
interface TestFile {
  readonly rule_files: readonly string[];
  readonly tests: readonly {
    readonly alert_rule_test?: readonly {
      readonly alertname: string;
      readonly exp_alerts: readonly object[];
    }[];
  }[];
}

const read = (path: string): Promise<string> => readFile(join(infra, path), "utf8");
const namesIn = (folder: string): string[] => readdirSync(join(infra, folder)).toSorted();
const ruleFiles = namesIn("rules");

async function alertsOf(file: string): Promise<Rule[]> {
  const { groups } = parse(await read(`rules/${file}`)) as RuleFile;
  return groups.flatMap(({ rules }) => rules.filter(({ alert }) => alert !== undefined));
}

test("rules and tests are what their source writes", async () => {
  const written = shippedFiles();
  expect(
    [
      ...ruleFiles.map((file) => `rules/${file}`),
      ...namesIn("tests").map((file) => `tests/${file}`),
    ],
    "run: node packages/cli/bin/prefreeze.js rules --out infra/prometheus",
  ).toEqual(written.map(({ path }) => path).toSorted());
  for (const { path, text } of written) expect(await read(path), path).toBe(text);
});

describe.each(ruleFiles)("each alert of rules/%s", (file) => {
  test("fires in a unit test, and does not in another", async () => {
    const fires = new Set<string>();
    const isSilent = new Set<string>();
    for (const name of namesIn("tests")) {
      const { rule_files, tests } = parse(await read(`tests/${name}`)) as TestFile;
      if (!rule_files.includes(`../rules/${file}`)) continue;
      for (const { alertname, exp_alerts } of tests.flatMap((one) => one.alert_rule_test ?? []))
        (exp_alerts.length > 0 ? fires : isSilent).add(alertname);
    }
    const names = (await alertsOf(file)).map(({ alert }) => alert!).toSorted();
    expect(names.length).toBeGreaterThan(0);
    expect([...fires].toSorted()).toEqual(names);
    expect([...isSilent].toSorted()).toEqual(names);
  });

  test("has a severity, a summary of one line, a description and its runbook", async () => {
    for (const { alert, labels, annotations } of await alertsOf(file)) {
      expect(labels?.["severity"], alert).toMatch(/^(critical|warning|info)$/);
      expect(annotations, alert).toEqual({
        summary: expect.stringMatching(/^.{10,110}$/) as string,
        description: expect.stringMatching(/\.$/) as string,
        runbook_url: `https://github.com/prefreeze/prefreeze/blob/main/infra/prometheus/RUNBOOKS.md#${alert!.toLowerCase()}`,
      });
    }
  });
});

test("each alert has an entry in RUNBOOKS.md that says what it means, what to look at and what to do, and each entry is of an alert", async () => {
  const entries = (await read("RUNBOOKS.md")).split(/^### /m).slice(1);
  for (const entry of entries) {
    const steps = Array.from(entry.matchAll(/^\*\*(\w+(?: at)?)\.?\*\*/gm), ([, step]) => step);
    expect(steps, entry.slice(0, 40)).toEqual(["Meaning", "Look at", "Do"]);
  }
  const alerts = (await Promise.all(ruleFiles.map(alertsOf))).flat().map(({ alert }) => alert!);
  // `prefreeze rules FILE` writes these, for each metric.
  const ofOnesOwn = ["MetricOverflow", "MetricQuiet"];
  expect(entries.map((entry) => entry.split("\n")[0]).toSorted()).toEqual(
    [...new Set([...alerts, ...ofOnesOwn])].toSorted(),
  );
});

test("with and without an aggregator, functions have the same records by job, and the same alerts", async () => {
  const named = async (file: string): Promise<unknown[]> =>
    (parse(await read(`rules/${file}`)) as RuleFile).groups
      .flatMap(({ rules }) => rules as readonly (Rule & { readonly record?: string })[])
      .filter(({ record = "job:" }) => record.startsWith("job:"))
      .map(({ record, alert, labels }) => ({ record, alert, labels }));
  expect(await named("aggregated.yml")).toEqual(await named("direct.yml"));
});

test("the operator's guide shows rules that direct.yml has", async () => {
  const guide = await readBlocks(new URL("../../infra/README.md", import.meta.url));
  const shown = guide.filter(({ name }) => name === "rules");
  const rulesIn = (text: string) =>
    (parse(text) as RuleFile).groups.flatMap(
      ({ rules }) => rules as readonly (Rule & { readonly record?: string })[],
    );
  const direct = rulesIn(await read("rules/direct.yml"));
  for (const { record, expr } of shown.flatMap(({ text }) => rulesIn(text)))
    expect(direct).toContainEqual({ record, expr: expr.trimEnd() });
});

describe.concurrent.each(await foundPrograms("promtool"))(
  "promtool $version",
  ({ path: promtool }) => {
    test.each(namesIn("tests"))(
      "passes tests/%s",
      async (file) => {
        const { stdout, stderr } = await run(promtool, ["test", "rules", file], {
          cwd: join(infra, "tests"),
        });
        expect(stdout + stderr).toContain("SUCCESS");
      },
      120_000,
    );

    test("fails if a threshold is changed, so the tests look at it", async ({ onTestFinished }) => {
      const folder = await mkdtemp(join(tmpdir(), "prometheus-rules-"));
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
      const rules = await read("rules/gateway.yml");
      await writeFile(join(folder, "rules.yml"), rules.replace("> 0.7", "> 0.9"));
      const tests = await read("tests/gateway.yml");
      await writeFile(join(folder, "test.yml"), tests.replace("../rules/gateway.yml", "rules.yml"));
      await expect(run(promtool, ["test", "rules", "test.yml"], { cwd: folder })).rejects.toThrow(
        "GatewayNearLimit",
      );
    });
  },
);

describe.each(await foundPrograms("prometheus"))("Prometheus $version", ({ path: program }) => {
  test.each(["aggregated", "direct"])(
    "evaluates rules/%s.yml and all others without an error, and raises an alert when the gateway is gone",
    async (variant) => {
      const folder = await mkdtemp(join(tmpdir(), "prometheus-rules-"));
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
      const rules: string[] = [];
      for (const name of [variant, "aggregator", "gateway", "prometheus"]) {
        const path = join(folder, `${name}.yml`);
        const text = await read(`rules/${name}.yml`);
        // At once, and every second.
        await writeFile(
          path,
          text
            .replaceAll(/interval: 1m$/gm, "interval: 1s")
            .replaceAll(/^ *(keep_firing_)?for: .*\n/gm, ""),
        );
        rules.push(path);
      }
      const gateway = await startRealGateway();
      const prometheus = await startPrometheus(gateway.url, { program, rules });
      onTestFinished(async () => void (await prometheus.stop()));
      await fetch(`${gateway.url}/metrics/job/orders/instance/a`, {
        method: "PUT",
        body: "# TYPE faas_invocations_total counter\nfaas_invocations_total 1\n",
      });
      const rulesNow = async () => {
        const response = await fetch(`${prometheus.url}/api/v1/rules`);
        const { data } = (await response.json()) as {
          data: {
            groups: {
              rules: { name: string; health: string; lastError?: string; alerts?: object[] }[];
            }[];
          };
        };
        return data.groups.flatMap((group) => group.rules);
      };
      await vi.waitFor(
        async () => {
          const all = await rulesNow();
          expect(all.length).toBeGreaterThan(40);
          expect(all.filter(({ health }) => health !== "ok")).toEqual([]);
        },
        { timeout: 20_000, interval: 200 },
      );
      const firing = async (name: string) =>
        (await rulesNow()).find((rule) => rule.name === name)?.alerts?.length;
      expect(await firing("GatewayDown")).toBe(0);
      await gateway.stop();
      await vi.waitFor(async () => expect(await firing("GatewayDown")).toBe(1), {
        timeout: 20_000,
        interval: 200,
      });
    },
    60_000,
  );
});
