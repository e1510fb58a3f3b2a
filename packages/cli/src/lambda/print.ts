import { colors } from "../output/colors.js";
import { printTable } from "../output/print.js";
import { printable } from "../output/printable.js";
import { report } from "../output/report.js";
import type { LambdaChange } from "./change-function.js";
import type { SettingsChange } from "./changes.js";
import type { LambdaStatus } from "./lambda-status.js";
import { MAX_VARIABLES_BYTES } from "./settings.js";

/** Prints what became of each function, or would become. */
export function printChanges(changes: readonly LambdaChange[], dryRun: boolean): void {
  if (dryRun) {
    for (const each of changes) printDifference(each);
    report("Nothing was changed.");
    return;
  }
  printTable(
    ["FUNCTION", "RESULT", "VERSION", "REASON"],
    changes.map((each) => [
      shown(each.function),
      each.outcome,
      each.version ?? "",
      shown(each.reason ?? ""),
    ]),
  );
  for (const { function: name, notes } of changes) {
    for (const note of notes) report(shown(`${name}: ${note}`));
  }
}

/** Prints what each function has of prefreeze. */
export function printStatuses(statuses: readonly LambdaStatus[]): void {
  printTable(
    ["FUNCTION", "INSTRUMENTED", "LAYER", "WRAPPER", "GATEWAY", "MODE", "UPDATE", "REASON"],
    statuses.map((each) => [
      shown(each.function),
      each.instrumented,
      // Its name and version.
      each.layer?.split(":").slice(6).join(":") ?? "",
      shown(each.otherWrapper ?? ""),
      shown(each.pushgateway ?? ""),
      each.mode ?? "",
      each.updateStatus ?? "",
      shown(each.reason ?? ""),
    ]),
  );
}

function printDifference({ function: name, outcome, reason, change, notes }: LambdaChange): void {
  report(colors.bold(shown(name)));
  if (reason !== undefined) report(`  ${outcome}: ${shown(reason)}`);
  else if (outcome === "unchanged") report("  unchanged");
  if (change !== undefined) for (const line of linesOf(change)) report(`  ${shown(line)}`);
  for (const note of notes) report(`  note: ${shown(note)}`);
}

function linesOf({ layers, variables, variablesBytes }: SettingsChange): string[] {
  const lines: string[] = [];
  if (layers !== undefined) {
    lines.push("layers");
    for (const layer of layers.before) {
      if (!layers.after.includes(layer)) lines.push(`  - ${layer}`);
    }
    for (const layer of layers.after) {
      lines.push(`  ${layers.before.includes(layer) ? " " : "+"} ${layer}`);
    }
  }
  if (variables.length > 0) lines.push("variables");
  for (const { name, before, after } of variables) {
    if (before !== undefined) lines.push(`  - ${name}=${before}`);
    if (after !== undefined) lines.push(`  + ${name}=${after}`);
  }
  lines.push(`all variables then take ${variablesBytes} of ${MAX_VARIABLES_BYTES} bytes`);
  return lines;
}

/** Whole: a reason says at its end what to do. */
function shown(text: string): string {
  return printable(text, Number.POSITIVE_INFINITY);
}
