import type { Through } from "../definitions/through.js";
import type { RecordTest } from "./rule-tests.js";
import { growthTest } from "./growth-test.js";
import { series } from "./series.js";

/** The tests of what is recorded of every function. */
export function functionRecordTests(through: Through): RecordTest[] {
  return [
    ...(through === "none" ? [growthTest("faas_invocations_total", { faas_trigger: "http" })] : []),
    ratios(through),
  ];
}

function ratios(through: Through): RecordTest {
  const counted = (name: string, labels: Readonly<Record<string, string>> = {}): string =>
    series(name, {
      job: "orders",
      faas_trigger: "http",
      ...(through === "none" && { instance: "a" }),
      ...labels,
    });
  const at = "1h20m";
  const expected = (value: number) => ({ '{job="orders"}': value });
  // Growth from scrape to scrape: 7 succeed, 2 fail, 1 times out.
  return {
    what: "of ten invocations, two fail, one times out and five wait for a cold start",
    series: {
      [counted("faas_invocations_total")]: "0+7x400",
      [counted("faas_errors_total", { error_type: "" })]: "0x400",
      [counted("faas_errors_total", { error_type: "Error" })]: "0+2x400",
      [counted("faas_timeouts_total")]: "0+1x400",
      [counted("faas_coldstarts_total")]: "0+5x400",
      [counted("faas_invoke_duration_seconds_bucket", { le: "0.5" })]: "0+5x400",
      [counted("faas_invoke_duration_seconds_bucket", { le: "2.5" })]: "0+10x400",
      [counted("faas_invoke_duration_seconds_bucket", { le: "+Inf" })]: "0+10x400",
    },
    queries: [
      { expr: "round(job:faas_all:increase15m)", at, expected: expected(600) },
      { expr: "round(job:faas_all:increase1h)", at, expected: expected(2400) },
      { expr: "round(job:faas_errors:ratio15m, 0.001)", at, expected: expected(0.2) },
      { expr: "round(job:faas_timeouts:ratio15m, 0.001)", at, expected: expected(0.1) },
      { expr: "round(job:faas_coldstarts:ratio1h, 0.001)", at, expected: expected(0.5) },
      {
        expr: "round(job:faas_invoke_duration_seconds:p99_15m, 0.001)",
        at,
        expected: expected(2.46),
      },
      // Without traffic, there is no ratio.
      { expr: "job:faas_errors:ratio15m", at: "2h30m", expected: {} },
    ],
  };
}
