import { type Command, Option } from "commander";
import { duration } from "../arguments/duration.js";
import { FAILED, FOUND } from "../output/exit-codes.js";
import { jsonOption, printJson, type PrintWords } from "../output/print.js";
import { outliveReaders, reportFailure } from "../output/report.js";
import type { LambdaChange } from "./change-function.js";
import type { LambdaChangeOptions } from "./change-functions.js";
import { printChanges, printStatuses } from "./print.js";
import { readVariables, type VariableWords } from "./read-variables.js";

interface AccessWords extends PrintWords {
  readonly region?: string;
  readonly profile?: string;
}

interface ChangeWords extends AccessWords {
  readonly dryRun?: boolean;
  readonly publish?: boolean;
  readonly alias?: string;
  /** Milliseconds. */
  readonly wait: number;
}

interface InstrumentWords extends ChangeWords, VariableWords {
  readonly layer: string;
}

interface StatusWords extends AccessWords {
  readonly all?: boolean;
  readonly qualifier?: string;
}

const SECRETS = `
Secrets come from FILE or the environment: PUSHGATEWAY_USERNAME, PUSHGATEWAY_PASSWORD,
PUSHGATEWAY_BEARER_TOKEN. Nothing is written with --dry-run.`;

/** Adds the command `lambda` with its three commands. The help of each fits on one screen. */
export function addLambdaCommand(program: Command): void {
  const lambda = program
    .command("lambda")
    .summary("instrument AWS Lambda functions by the layer, without touching their code")
    .usage("instrument|uninstrument|status [options] FUNCTION…")
    .description("Instruments AWS Lambda functions by the layer, without touching their code.")
    .helpOption("-h, --help", "print this")
    .argument("[command]")
    .configureHelp({ visibleArguments: () => [], subcommandTerm: (each) => each.name() });
  lambda.action((word: string | undefined) => {
    lambda.error(
      word === undefined
        ? "name a command: instrument, uninstrument or status"
        : `unknown command '${word}' (give instrument, uninstrument or status)`,
    );
  });
  addInstrument(lambda);
  addUninstrument(lambda);
  addStatus(lambda);
}

function addInstrument(lambda: Command): void {
  const command = lambda
    .command("instrument")
    .summary("attach the layer and set its variables; all else stays")
    .usage("FUNCTION… --layer ARN --pushgateway URL [options]")
    .description("Attaches the layer to functions and sets its variables. All else stays.")
    .argument("<function...>", "names or ARNs")
    .addOption(
      new Option("--layer <ARN>", "the layer; without a version, its newest").makeOptionMandatory(),
    )
    .option("--pushgateway <URL>", "where they push to [PUSHGATEWAY_URL]")
    .option("--var <NAME=VALUE>", "another variable; may be repeated", append)
    // Not --env-file: Node.js 20 would read that by itself.
    .option("--var-file <FILE>", "variables, NAME=VALUE a line")
    .addHelpText("after", SECRETS);
  addChangeOptions(command).action(
    async (functions: string[], words: InstrumentWords): Promise<void> => {
      const variables = Object.fromEntries(readVariables(words, process.env));
      await run(words, async (options) => {
        const { instrumentLambda } = await import("./instrument-lambda.js");
        return instrumentLambda({ ...options, functions, layer: words.layer, variables });
      });
    },
  );
}

function addUninstrument(lambda: Command): void {
  const command = lambda
    .command("uninstrument")
    .summary("restore what was there before instrument")
    .usage("FUNCTION… [options]")
    .description("Restores what functions had before instrument. What was changed since stays.")
    .argument("<function...>", "names or ARNs");
  addChangeOptions(command).action(
    async (functions: string[], words: ChangeWords): Promise<void> => {
      await run(words, async (options) => {
        const { uninstrumentLambda } = await import("./uninstrument-lambda.js");
        return uninstrumentLambda({ ...options, functions });
      });
    },
  );
}

function addStatus(lambda: Command): void {
  const command = lambda
    .command("status")
    .summary("show which functions are instrumented, and how")
    .usage("FUNCTION… | --all [options]")
    .description("Shows which functions are instrumented, and how. Changes nothing.")
    .argument("[function...]", "names or ARNs, with or without a version or an alias")
    .option("--all", "all functions of the region")
    .option("--qualifier <NAME>", "a version or an alias [$LATEST]");
  addAccessOptions(command).action(
    async (functions: string[], words: StatusWords): Promise<void> => {
      beforeTheSdk();
      const { lambdaStatus } = await import("./lambda-status.js");
      const statuses = await lambdaStatus({ ...words, functions });
      if (words.json) printJson(statuses);
      else printStatuses(statuses);
      const isUnknown = statuses.some(({ instrumented }) => instrumented === "unknown");
      const isBroken = statuses.some(({ instrumented }) => instrumented === "broken");
      if (isUnknown) failAtOnce();
      else if (isBroken) process.exitCode = FOUND;
    },
  );
}

function addChangeOptions(command: Command): Command {
  command
    .option("--publish", "publish a version of each function")
    .option("--alias <NAME>", "publish, and point this alias to the version")
    .option("--dry-run", "print what would change, and change nothing")
    .addOption(
      new Option("--wait <TIME>", "the longest time for one function [2m]")
        .argParser(duration(1000, 3_600_000))
        .default(120_000, "2m"),
    );
  return addAccessOptions(command);
}

function addAccessOptions(command: Command): Command {
  return command
    .option("--region <REGION>", "their region [AWS_REGION]")
    .option("--profile <NAME>", "a profile of AWS's files [AWS_PROFILE]")
    .addOption(jsonOption())
    .helpOption("-h, --help", "print this")
    .configureHelp({
      optionDescription: ({ description }) => description,
      visibleArguments: () => [],
    });
}

/** Does it, prints it, and says what is left to do. */
async function run(
  words: ChangeWords,
  change: (options: Omit<LambdaChangeOptions, "functions">) => Promise<LambdaChange[]>,
): Promise<void> {
  beforeTheSdk();
  const { region, profile, publish, alias, dryRun = false, wait } = words;
  const changes = await change({
    ...(region !== undefined && { region }),
    ...(profile !== undefined && { profile }),
    ...(publish !== undefined && { publish }),
    ...(alias !== undefined && { alias }),
    dryRun,
    waitMs: wait,
  });
  if (words.json) printJson(changes);
  else printChanges(changes, dryRun);
  const undone = changes.filter(({ outcome }) => outcome === "refused" || outcome === "failed");
  if (undone.length === 0) return;
  reportFailure(
    `${undone.length} of ${changes.length} functions ${dryRun ? "would not be" : "were not"} changed: mend what is said of each, and run the same again for ${undone.map((each) => each.function).join(" ")}`,
  );
  failAtOnce();
}

/** The SDK goes on waiting for its next attempt of a request that was given up, and would keep the process running. */
function failAtOnce(): void {
  process.exitCode = FAILED;
  process.stdout.write("", () => process.exit());
}

/** The SDK's advice about versions of Node.js is for those who import it. */
function beforeTheSdk(): void {
  outliveReaders();
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
}

function append(value: string, earlier: readonly string[] = []): string[] {
  return [...earlier, value];
}
