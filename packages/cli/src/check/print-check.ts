import { colors } from "../output/colors.js";
import { report } from "../output/report.js";
import type { CheckResult } from "./check.js";
import type { CheckStep } from "./step.js";

/** Prints one step as a line, and how to mend it below. */
export function printStep({ name, status, durationMs, message, advice }: CheckStep): void {
  const mark = MARKS[status];
  report(`  ${mark}  ${name.padEnd(14)} ${`${durationMs.toFixed(0)} ms`.padStart(9)}  ${message}`);
  if (advice !== undefined) report(`${" ".repeat(35)}${colors.dim(advice)}`);
}

/** Prints what came of it. */
export function printResult({ ok, failed, steps }: CheckResult): void {
  const warnings = steps.filter(({ status }) => status === "warning").length;
  if (!ok) report(`${colors.red("Something is wrong")} at the step ${failed}: see above.`);
  else if (warnings === 0) report(colors.green("All is well."));
  else
    report(`It works, with ${warnings === 1 ? "a warning" : `${warnings} warnings`}: see above.`);
}

const MARKS: Readonly<Record<CheckStep["status"], string>> = {
  ok: colors.green("ok  "),
  warning: colors.yellow("warn"),
  failed: colors.red("FAIL"),
};
