import { type Command, InvalidArgumentError, Option } from "commander";
import { duration } from "../arguments/duration.js";
import type { Through } from "../definitions/through.js";
import { jsonOption } from "../output/print.js";
import type { RulesWords } from "./rules.js";

const HELP = `
Without FILE, it lists the alerts that fit every function, the gateway and the aggregator, and
--out writes these rules and their tests. With FILE, it makes rules for the metrics that the file
defines, tests for promtool, and a dashboard for Grafana; without --out, it prints the rules.`;

/** Adds the command `rules`. Its help fits on one screen. */
export function addRulesCommand(program: Command): void {
  program
    .command("rules")
    .summary("write rules, alerts and a dashboard for Prometheus and Grafana")
    .usage("[FILE] [options]")
    .description("Makes rules, alerts, tests and a dashboard for the metrics of FILE.")
    .argument("[FILE]", "TypeScript or JavaScript that defines metrics")
    .helpOption("-h, --help", "print this")
    .addOption(
      new Option("--through <WHAT>", "what functions push through, or none [aggregator]").argParser(
        throughWhat,
      ),
    )
    .addOption(new Option("--out <DIR>", "the folder to write files to"))
    .addOption(new Option("--title <TITLE>", "names files and dashboard [that of FILE]"))
    .addOption(
      new Option("--timeout <JOB=TIME>", "the timeout of a function, as in orders=30s").argParser(
        jobTimeout,
      ),
    )
    .addOption(jsonOption())
    .addHelpText("after", HELP)
    .action(async (file: string | undefined, words: RulesWords) => {
      const { rules } = await import("./rules.js");
      await rules(file, words);
      // What the file has started may keep the process running.
      if (file !== undefined) process.stdout.write("", () => process.exit());
    });
}

function throughWhat(text: string): Through {
  if (text === "aggregator" || text === "none") return text;
  throw new InvalidArgumentError("Give aggregator or none.");
}

const parseTimeout = duration(1, 24 * 3_600_000);

/** May be given several times. */
function jobTimeout(
  text: string,
  before: Readonly<Record<string, number>> | undefined,
): Readonly<Record<string, number>> {
  const end = text.lastIndexOf("=");
  if (end < 1) throw new InvalidArgumentError("Give a job and a time, as in orders=30s.");
  return Object.fromEntries([
    ...Object.entries(before ?? {}),
    [text.slice(0, end), parseTimeout(text.slice(end + 1))],
  ]);
}
