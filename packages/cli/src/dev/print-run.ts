import { colors } from "../output/colors.js";
import { printTable } from "../output/print.js";
import { printable } from "../output/printable.js";
import { report } from "../output/report.js";
import type { HeldSeries } from "./held-series.js";
import type { DevInvocation } from "./invoke.js";

const MOST_CHARACTERS = 200;

/** Prints one invocation as a line, and why it failed below. */
export function printInvocation(invocation: DevInvocation): void {
  const { number, ok, durationMs, initDurationMs, error } = invocation;
  const mark = ok ? colors.green("ok  ") : colors.red("FAIL");
  const took = `${durationMs.toFixed(1)} ms`.padStart(11);
  const cold = initDurationMs === undefined ? "" : `cold start ${initDurationMs.toFixed(0)} ms`;
  report(
    `${`#${number}`.padEnd(5)} ${mark} ${took}  ${cold.padEnd(20)} ${endOf(invocation)}`.trimEnd(),
  );
  for (const line of error?.trace?.slice(1, 6) ?? []) report(colors.dim(`      ${shown(line)}`));
}

function endOf({ ok, result, error }: DevInvocation): string {
  if (ok) return result === undefined ? "" : shown(JSON.stringify(result));
  const { errorType, errorMessage = "" } = error ?? {};
  return shown(errorType === undefined ? errorMessage : `${errorType}: ${errorMessage}`);
}

/** On one line. */
function shown(text: string): string {
  return printable(text.replaceAll(/\s+/g, " "), MOST_CHARACTERS);
}

/** Prints what the gateway holds, but for what prefreeze says about itself. */
export function printSeries(series: readonly HeldSeries[]): void {
  const told = series.filter(({ name }) => !/^(prefreeze_|target_info$)/.test(name));
  report("");
  if (told.length === 0) {
    report(
      series.length === 0
        ? "The gateway holds nothing: the handler is not wrapped with instrument(), or could not push. See its log."
        : "The gateway holds no metric of the function.",
    );
    return;
  }
  report("The gateway holds, added up over instances:");
  printTable(
    ["metric", "labels", "value"],
    told.map(({ name, labels, value }) => [
      shown(name),
      shown(written(labels)),
      Number(value.toPrecision(9)),
    ]),
  );
}

function written(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(" ");
}
