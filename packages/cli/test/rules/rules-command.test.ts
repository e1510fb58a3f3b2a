import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { foundPrograms } from "../../../../test/pushgateway/programs.mjs";
import { startRealGateway } from "../../../../test/pushgateway/real.js";
import { prefreeze } from "../command.js";
import { project } from "./project.js";

const run = promisify(execFile);

/** TypeScript that Node.js 20 cannot run, in two files. */
const METRICS = {
  "metrics.ts": `
    import { counter, gauge, histogram } from "@prefreeze/core";
    import { Plan } from "./plan";
    console.log("loading", Plan.Pro);
    export const orders = counter({ name: "orders_total", help: "Orders accepted.", labelNames: ["plan"] });
    export const failures = counter({ name: "charge_failures_total", help: "Charges that failed." });
    export const backlog = gauge({ name: "backlog_messages", help: "Messages waiting." });
    export const workers = gauge({ name: "busy_workers", help: "Workers that are busy.", aggregate: "sum" });
    export const charge = histogram({ name: "charge_duration_seconds", help: "Time to charge a card." });`,
  "plan.ts": `export enum Plan { Free = "free", Pro = "pro" }`,
};

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly Readonly<Record<"record" | "alert" | "expr", string>>[];
  }[];
}

async function namesIn(file: string): Promise<string[]> {
  const { groups } = parse(await readFile(file, "utf8")) as Rules;
  return groups.flatMap(({ rules }) => rules.map(({ record, alert }) => record ?? alert));
}

describe("prefreeze rules FILE", () => {
  const records = {
    aggregator: ["job:charge_duration_seconds:p99_15m", "job:orders:increase1h"],
    none: [
      "backlog_messages:now",
      "busy_workers:now",
      "charge_duration_seconds_bucket:increase1m",
      "charge_duration_seconds_sum:increase1m",
      "charge_duration_seconds_count:increase1m",
      "job:charge_duration_seconds:p99_15m",
      "charge_failures:increase1m",
      "orders:increase1m",
      "job:orders:increase1h",
    ],
  };

  test.each(["aggregator", "none"] as const)(
    "writes rules, tests that promtool passes, and a dashboard: --through %s",
    async (through) => {
      const folder = await project(METRICS);
      const out = join(folder, "monitoring");
      const { exitCode, stdout } = await prefreeze([
        "rules",
        join(folder, "metrics.ts"),
        "--through",
        through,
        "--timeout",
        "orders=30s",
        "--out",
        out,
      ]);
      expect(exitCode).toBe(0);
      expect(stdout.split("\n")).toEqual([
        `wrote ${out}/metrics.rules.yml: rules, for rule_files of Prometheus`,
        `wrote ${out}/metrics.test.yml: tests of metrics.rules.yml`,
        `wrote ${out}/metrics.weeks.test.yml: tests of metrics.rules.yml`,
        `wrote ${out}/metrics.dashboard.json: a dashboard, for Grafana`,
        "",
      ]);
      expect(await namesIn(join(out, "metrics.rules.yml"))).toEqual([
        ...records[through],
        "job:faas_timeout_seconds",
        // A counter of failures may stand still, and a metric without labels has nothing to overflow.
        "MetricQuiet",
        "MetricOverflow",
      ]);
      const dashboard = JSON.parse(await readFile(join(out, "metrics.dashboard.json"), "utf8")) as {
        title: string;
      };
      expect(dashboard.title).toBe("metrics");
      expect(JSON.stringify(dashboard)).toContain("charge_duration_seconds");
      for (const { path: promtool } of await foundPrograms("promtool")) {
        await run(promtool, ["check", "rules", "metrics.rules.yml"], { cwd: out });
        for (const file of ["metrics.test.yml", "metrics.weeks.test.yml"])
          await run(promtool, ["test", "rules", file], { cwd: out });
      }
    },
    60_000,
  );

  test("prints the rules and nothing else, whatever the file prints", async () => {
    const folder = await project(METRICS);
    const { exitCode, stdout, stderr } = await prefreeze(["rules", join(folder, "metrics.ts")]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "loading pro\n" });
    expect((parse(stdout) as Rules).groups[0]?.rules).not.toEqual([]);
    expect(await readdir(folder)).toEqual(["metrics.ts", "node_modules", "plan.ts"]);
  });

  test("prints one JSON value with --json: metrics and files, or what was written", async () => {
    const folder = await project(METRICS);
    const words = ["rules", join(folder, "metrics.ts"), "--json"];
    const { metrics, files } = JSON.parse((await prefreeze(words)).stdout) as {
      metrics: { name: string }[];
      files: { path: string; text: string }[];
    };
    expect(metrics).toContainEqual({
      name: "orders_total",
      type: "counter",
      help: "Orders accepted.",
      labelNames: ["plan"],
    });
    expect(files.map(({ path }) => path)).toContain("metrics.rules.yml");
    const written = await prefreeze([...words, "--out", join(folder, "out"), "--title", "My/Shop"]);
    expect(JSON.parse(written.stdout)).toContainEqual({
      path: join(folder, "out", "My-Shop.rules.yml"),
      what: "rules, for rule_files of Prometheus",
    });
  });

  test.each([
    ["an ES module", "metrics.mjs", `import { counter } from "@prefreeze/core";`],
    ["CommonJS", "metrics.cjs", `const { counter } = require("@prefreeze/core");`],
    ["an adapter's definitions", "metrics.ts", `import { counter } from "@prefreeze/aws-lambda";`],
  ])("loads %s", async (_, file, imports) => {
    const folder = await project({
      [file]: `${imports}\ncounter({ name: "orders_total", help: "Orders." });`,
    });
    const { exitCode, stdout } = await prefreeze(["rules", join(folder, file)]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("record: job:orders:increase1h");
  });

  test("pushes nothing, even if the environment tells adapters to, and ends although a timer runs", async () => {
    await using gateway = await startRealGateway();
    const folder = await project({
      "handler.ts": `
        import { counter, currentInvocation, instrument } from "@prefreeze/aws-lambda";
        const orders = counter({ name: "orders_total", help: "Orders." });
        export const handler = instrument(async () => {
          orders.inc();
          await currentInvocation()?.flush();
        });
        await handler({}, {} as never);
        setInterval(() => {}, 1_000);`,
    });
    const { exitCode, stdout } = await prefreeze(["rules", join(folder, "handler.ts")], {
      PUSHGATEWAY_URL: gateway.url,
      PREFREEZE_ACTIVE: "1",
      PREFREEZE_JOB: "orders",
    });
    expect(exitCode).toBe(0);
    expect(stdout).toContain("orders_total");
    expect(await gateway.metrics()).not.toContain('job="');
  });

  test("overwrites its own files, but writes nothing if one of them is somebody else's", async () => {
    const folder = await project({ ...METRICS, "out/metrics.test.yml": "mine: true\n" });
    const words = ["rules", join(folder, "metrics.ts"), "--out", join(folder, "out")];
    const refused = await prefreeze(words);
    expect(refused).toMatchObject({ exitCode: 2, stdout: "" });
    expect(refused.stderr).toContain(
      `prefreeze: ${folder}/out/metrics.test.yml was not written by prefreeze rules: move it away, or give another --out\n`,
    );
    expect(await readdir(join(folder, "out"))).toEqual(["metrics.test.yml"]);

    const other = ["rules", join(folder, "metrics.ts"), "--out", join(folder, "other")];
    await prefreeze(other);
    const rules = join(folder, "other", "metrics.rules.yml");
    const before = await readFile(rules, "utf8");
    await writeFile(rules, `${before}# more\n`);
    expect((await prefreeze(other)).exitCode).toBe(0);
    expect(await readFile(rules, "utf8")).toBe(before);
    // Without its first line, a file is its owner's.
    await writeFile(rules, before.replace(/^.*\n/, ""));
    expect((await prefreeze(other)).exitCode).toBe(2);
  });

  test("fails in one line if it cannot write there", async () => {
    const folder = await project({ ...METRICS, file: "" });
    const out = join(folder, "file");
    const { exitCode, stderr } = await prefreeze([
      "rules",
      join(folder, "metrics.ts"),
      "--out",
      out,
    ]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      `prefreeze: ${out}/metrics.rules.yml cannot be written (EEXIST): choose a folder of yours\n`,
    );
  });
});

describe("prefreeze rules FILE is answered in one line, with exit code 2, if the file", () => {
  test.each([
    [
      "throws",
      `throw new Error("DATABASE_URL is not set.\\n  Set it.");`,
      /cannot be loaded: DATABASE_URL is not set\. Set it\. If it needs more/,
    ],
    ["throws no error", `throw undefined;`, /cannot be loaded: undefined\. If/],
    ["is no TypeScript", `const = 1;`, /cannot be loaded: .*Unexpected token/],
    ["imports what is not there", `import "./nowhere";`, /cannot be loaded: Cannot find module/],
    ["ends the process", `process.exit(0);`, /cannot be loaded: it calls process\.exit\(\)\. If/],
    [
      "ends the process and catches that",
      `try { process.exit(0); } catch {}`,
      /it calls process\.exit\(\)/,
    ],
    [
      "defines nothing",
      `export const a = 1;`,
      /defines no metric: name the file that calls counter\(\), gauge\(\) or histogram\(\)/,
    ],
    [
      "has a wrong definition",
      `import { counter } from "@prefreeze/core"; counter({ name: "orders", help: "x" } as never);`,
      /cannot be loaded: prefreeze: metric "orders": a counter's name must end in _total/,
    ],
    [
      "uses another layout",
      `globalThis[Symbol.for("prefreeze/99")] = {};`,
      /uses another version of prefreeze/,
    ],
  ])("%s", async (_, text, reason) => {
    const folder = await project({ "metrics.ts": text });
    const file = join(folder, "metrics.ts");
    const { exitCode, stdout, stderr } = await prefreeze(["rules", file]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stderr).toMatch(reason);
    expect(stderr.startsWith(`prefreeze: ${file} `)).toBe(true);
  });

  test("is not there, is a folder, or is no module", async () => {
    const folder = await project({ "metrics.json": "{}" });
    await mkdir(join(folder, "folder"));
    const refusal = async (name: string) => (await prefreeze(["rules", join(folder, name)])).stderr;
    expect(await refusal("nowhere.ts")).toBe(`prefreeze: ${folder}/nowhere.ts does not exist\n`);
    expect(await refusal("folder")).toBe(
      `prefreeze: ${folder}/folder is no file: name the one with the definitions\n`,
    );
    expect(await refusal("metrics.json")).toMatch(
      /metrics\.json is no module: its name ends in none of \.ts, /,
    );
  });
});

test("prefreeze rules --help fits on one screen of 24 lines and 100 columns", async () => {
  const { exitCode, stdout } = await prefreeze(["rules", "--help"]);
  expect(exitCode).toBe(0);
  const lines = stdout.trimEnd().split("\n");
  expect(lines.length).toBeLessThanOrEqual(24);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(100);
  for (const option of ["--through", "--out", "--title", "--timeout", "--json", "--help"])
    expect(stdout).toContain(option);
});

describe("prefreeze rules without a file", () => {
  test("lists the alerts for all functions", async () => {
    const { exitCode, stdout } = await prefreeze(["rules"]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^rules\/gateway\.yml +GatewayDown +critical$/m);
  });

  test("writes their rules and tests", async () => {
    const folder = await project({});
    const { exitCode } = await prefreeze(["rules", "--out", join(folder, "prometheus")]);
    expect(exitCode).toBe(0);
    expect(await readdir(join(folder, "prometheus", "rules"))).toEqual([
      "aggregated.yml",
      "aggregator.yml",
      "direct.yml",
      "gateway.yml",
      "prometheus.yml",
    ]);
  });

  test.each([
    ["--through", "none", "--through needs a FILE: the rules without one are for all functions"],
    [
      "--through",
      "x",
      "option '--through <WHAT>' argument 'x' is invalid. Give aggregator or none. See: prefreeze rules --help",
    ],
    [
      "--timeout",
      "30s",
      "option '--timeout <JOB=TIME>' argument '30s' is invalid. Give a job and a time, as in orders=30s. See: prefreeze rules --help",
    ],
    [
      "--timeout",
      "a=3",
      "option '--timeout <JOB=TIME>' argument 'a=3' is invalid. Give a number with a unit, as in 500ms, 15s or 1m, from 1ms to 24h. See: prefreeze rules --help",
    ],
  ])("refuses %s %s", async (option, value, reason) => {
    expect(await prefreeze(["rules", option, value])).toEqual({
      exitCode: 2,
      stdout: "",
      stderr: `prefreeze: ${reason}\n`,
    });
  });
});
