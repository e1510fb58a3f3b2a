import { type Command, Option } from "commander";
import { duration } from "../arguments/duration.js";
import { listenAddress } from "../arguments/listen-address.js";
import { wholeNumber } from "../arguments/whole-number.js";
import { aggregate, type AggregateWords } from "./aggregate.js";

const CREDENTIALS = `
TIME is as in 500ms, 15s or 1m. The environment may hold credentials instead of files:
PREFREEZE_USERNAME, PREFREEZE_PASSWORD, PREFREEZE_BEARER_TOKEN; for the Pushgateway
PUSHGATEWAY_USERNAME, PUSHGATEWAY_PASSWORD, PUSHGATEWAY_BEARER_TOKEN.`;

/** Adds the command `aggregate`. Its help fits on one screen. */
export function addAggregateCommand(program: Command): void {
  const command = program
    .command("aggregate")
    .summary("add up the pushes of many instances, for a Pushgateway")
    .usage("--state DIR [options]")
    .description("Adds up what functions push, and pushes one group per job to a Pushgateway.")
    .helpOption("-h, --help", "print this")
    .configureHelp({ optionDescription: describe })
    .addHelpText("after", CREDENTIALS);
  for (const option of options()) command.addOption(option);
  command.action((words: AggregateWords) => aggregate(words));
}

function options(): Option[] {
  return [
    new Option("--state <DIR>", "where totals are stored, for one process").makeOptionMandatory(),
    new Option("--listen <HOST:PORT>", "where functions push to")
      .argParser(listenAddress)
      .default({ host: "127.0.0.1", port: 9092 }, "127.0.0.1:9092"),
    new Option("--pushgateway <URL>", "where totals go").default("http://127.0.0.1:9091"),
    new Option("--push-interval <TIME>", "least time between pushes of a job")
      .argParser(duration(10, 60_000))
      .default(1000, "1s"),
    new Option("--scrape-interval <TIME>", "new series show 0 for twice this")
      .argParser(duration(100, 600_000))
      .default(15_000, "15s"),
    new Option("--name <NAME>", "label aggregator=NAME, if there are several"),
    new Option("--max-series <NUMBER>", "of a job; more adds up as _overflow")
      .argParser(wholeNumber(1, 1_000_000))
      .default(10_000),
    new Option("--max-lives <NUMBER>", "most instances to remember")
      .argParser(wholeNumber(1, 10_000_000))
      .default(200_000),
    new Option("--tls-cert <FILE>", "certificate chain (PEM): serves https"),
    new Option("--tls-key <FILE>", "its key (PEM)"),
    new Option("--username-file <FILE>", "user that clients must name"),
    new Option("--password-file <FILE>", "password that clients must send"),
    new Option("--bearer-token-file <FILE>", "or the token that they must send"),
  ];
}

function describe({ description, defaultValue, defaultValueDescription }: Option): string {
  if (defaultValue === undefined) return description;
  return `${description} [${defaultValueDescription ?? String(defaultValue)}]`;
}
