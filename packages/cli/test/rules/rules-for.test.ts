import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { foundPrograms } from "../../../../test/pushgateway/programs.mjs";
import { type MetricDescription, rulesFor } from "../../src/index.js";
import { inertly } from "../../src/rules/inertly.js";
import { temporaryFolder } from "../command.js";

const run = promisify(execFile);

/** Names that PromQL has other meanings for, too. */
const WORDS = [
  "inf",
  "nan",
  "sum",
  "by",
  "offset",
  "on",
  "bool",
  "and",
  "count",
  "group_left",
  "e",
  "a:b",
];
const word = fc.oneof(
  fc.constantFrom(...WORDS),
  fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,12}$/),
);
const label = word.filter(
  (name) => /^(?!__)\w+$/.test(name) && !["le", "quantile", "job", "instance"].includes(name),
);
const noPart = word.filter((name) => !/_(total|count|sum|bucket)$/.test(name));

const metric: fc.Arbitrary<MetricDescription> = fc
  .record({
    type: fc.constantFrom("counter" as const, "gauge" as const, "histogram" as const),
    name: noPart,
    labelNames: fc.uniqueArray(label, { maxLength: 3 }),
    buckets: fc
      .uniqueArray(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((bound) => bound + 0),
        {
          minLength: 1,
          maxLength: 4,
        },
      )
      .map((bounds) => bounds.toSorted((a, b) => a - b)),
    aggregate: fc.constantFrom("last" as const, "sum" as const, "max" as const, "min" as const),
  })
  .map(({ type, name, labelNames, buckets, aggregate }) => ({
    type,
    name: type === "counter" ? `${name}_total` : name,
    help: "Help.",
    labelNames,
    ...(type === "histogram" && { buckets }),
    ...(type === "gauge" && { aggregate }),
  }));

describe("rulesFor", () => {
  test.each(["aggregator", "none"] as const)(
    "makes rules whose tests promtool passes, whatever metrics are called: through %s",
    async (through) => {
      const [{ path: promtool } = { path: "" }] = (await foundPrograms("promtool")).toReversed();
      const folder = await temporaryFolder();
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(metric, {
            minLength: 1,
            maxLength: 4,
            selector: ({ name }) => name.replace(/_total$/, ""),
          }),
          async (metrics) => {
            const { rules, tests } = rulesFor(metrics, { through });
            await writeFile(join(folder, "rules.yml"), stringify(rules));
            const words = ["check", "rules", "rules.yml"];
            await run(promtool, words, { cwd: folder });
            for (const file of Object.values(tests)) {
              await writeFile(join(folder, "test.yml"), stringify(file));
              await run(promtool, ["test", "rules", "test.yml"], { cwd: folder });
            }
          },
        ),
        { numRuns: 3 },
      );
    },
    60_000,
  );

  const orders: MetricDescription = {
    name: "orders_total",
    type: "counter",
    help: "Orders.",
    labelNames: [],
  };

  test("records the timeout of each job, whatever it is called", () => {
    const timeoutsMs = JSON.parse('{ "__proto__": 1500, "a\\"b": 30000 }') as Record<
      string,
      number
    >;
    const { rules } = rulesFor([orders], { timeoutsMs });
    expect(rules.groups[0]!.rules).toEqual(
      expect.arrayContaining([
        {
          record: "job:faas_timeout_seconds",
          expr: "vector(1.5)",
          labels: JSON.parse('{"job":"__proto__"}') as object,
        },
        { record: "job:faas_timeout_seconds", expr: "vector(30)", labels: { job: 'a"b' } },
      ]),
    );
  });

  test("needs a metric, and refuses two that need the same record", () => {
    expect(() => rulesFor([])).toThrow("there is no metric to make rules for");
    const bucket = { ...orders, name: "a_bucket_total" };
    const histogram = { ...orders, type: "histogram", name: "a", buckets: [1] } as const;
    expect(() => rulesFor([bucket, histogram], { through: "none" })).toThrow(
      'two metrics need the record "a_bucket:increase1m": rename one of them',
    );
  });

  test("raises no alert when a counter of bad news stands still", () => {
    const alertsOf = (name: string) =>
      rulesFor([{ ...orders, name }]).rules.groups[0]!.rules.flatMap((rule) =>
        "alert" in rule ? [rule.alert] : [],
      );
    for (const name of ["orders_total", "logins_total", "merchants_total"])
      expect(alertsOf(name)).toEqual(["MetricQuiet"]);
    for (const name of [
      "errors_total",
      "charge_failures_total",
      "retries_total",
      "cache_misses_total",
    ])
      expect(alertsOf(name)).toEqual([]);
  });
});

test("a module that does not end to load is given up, and the process is as before", async () => {
  const { exit } = process;
  await expect(inertly(20, () => new Promise(() => {}))).rejects.toThrow(
    "it takes longer than 0.02 s",
  );
  expect(process.exit).toBe(exit);
  expect(Object.hasOwn(process.stdout, "write")).toBe(false);
  expect(process.env["PREFREEZE_DISABLED"]).toBeUndefined();
});
