import { colors } from "../output/colors.js";
import { labelText } from "../groups/group.js";
import { ago } from "../groups/print-time.js";
import { printable } from "../output/printable.js";
import { report } from "../output/report.js";
import type { SeenGroup } from "./census.js";
import type { Finding, Severity, Side } from "./finding.js";
import type { GuardReport } from "./guard.js";

const MOST_FINDINGS = 20;
const LONGEST = 200;

/** Prints what was found, for people. */
export function printGuarded({ pushgateway, scrape, groups, findings }: GuardReport): void {
  const breaks = findings.some(({ severity }) => severity === "breaks-scrapes");
  const state = {
    // A label that a series has twice is Prometheus' to refuse.
    whole: breaks
      ? `${pushgateway} answers scrapes, but Prometheus refuses the answer`
      : `scrapes of ${pushgateway} work`,
    empty: `scrapes of ${pushgateway} get nothing`,
    refused: `scrapes of ${pushgateway} fail`,
  }[scrape];
  report(`${state}; it holds ${groups} groups`);
  for (const finding of findings.slice(0, MOST_FINDINGS)) printFinding(finding);
  if (findings.length > MOST_FINDINGS)
    report(`… and ${findings.length - MOST_FINDINGS} more, which --json lists`);
}

function printFinding({ what, severity, sides, evidence, mend, removable }: Finding): void {
  report("");
  report(`${WEIGHTS[severity]()}: ${printable(what, 600)}`);
  for (const one of sides) report(`  ${sideText(one)}`);
  if (evidence !== undefined) report(`  evidence: ${printable(evidence, LONGEST)}`);
  report(`  to mend: ${printable(mend, LONGEST)}`);
  if (removable.length > 0)
    report(
      `  until then: prefreeze guard --remove deletes ${removable.length === 1 ? "that group" : `these ${removable.length} groups`}`,
    );
}

const WEIGHTS: Readonly<Record<Severity, () => string>> = {
  "breaks-scrapes": () => colors.red("breaks scrapes"),
  "loses-series": () => colors.red("loses series"),
  refused: () => colors.yellow("refused"),
  note: () => "note",
};

const ROLES: Readonly<Record<Side["role"], string>> = {
  established: "there before",
  newcomer: "newcomer",
  gateway: "the gateway's own",
  "at-fault": "at fault",
};

function sideText({ role, metric, type, help, groups, examples }: Side): string {
  const definition = [
    type,
    metric !== undefined && printable(metric),
    help !== undefined && (help === "" ? "(no help text)" : `(${printable(help)})`),
  ].filter(Boolean);
  const [first] = examples;
  return [
    `${ROLES[role]}:`,
    ...definition,
    groups > 0 && `${definition.length > 0 ? "in " : ""}${groups} group${groups > 1 ? "s" : ""}`,
    first && `${groups > 1 ? "such as " : ""}${groupText(first)}`,
  ]
    .filter(Boolean)
    .join(" ");
}

function groupText({ labels, function: name, version, ...times }: SeenGroup): string {
  const of = name === undefined ? "" : ` of function ${printable(name)}`;
  const which = version === undefined ? "" : ` version ${printable(version)}`;
  const refused =
    times.refusedSecondsAgo === undefined ? "" : `, refused ${ago(times.refusedSecondsAgo)} ago`;
  return `${printable(labelText(labels), LONGEST)}${of}${which}, pushed ${times.pushedSecondsAgo === undefined ? "never" : `${ago(times.pushedSecondsAgo)} ago`}${refused}`;
}
