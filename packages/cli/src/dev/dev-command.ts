import { type Command, Option } from "commander";
import { duration } from "../arguments/duration.js";
import { readPushgateways, type PushgatewayWords } from "../arguments/pushgateway-option.js";
import { wholeNumber } from "../arguments/whole-number.js";
import { FOUND } from "../output/exit-codes.js";
import { jsonOption, printJson, type PrintWords } from "../output/print.js";
import { outliveReaders } from "../output/report.js";
import { readEvents } from "./read-events.js";
import { readVariables } from "./read-variables.js";

interface DevLambdaWords extends PushgatewayWords, PrintWords {
  readonly repeat: number;
  readonly concurrency: number;
  /** Milliseconds. */
  readonly timeout: number;
  readonly each?: boolean;
  readonly env?: string;
}

const AFTER = `
The function pushes to a gateway in memory, and sees no variables but those of --env.
Its log goes to stderr. Exit code 3 if an invocation failed.`;

/** Adds the command `dev`, with one command below it for each platform. */
export function addDevCommand(program: Command): void {
  const dev = program
    .command("dev")
    .summary("run a handler on this machine, as on its platform")
    .usage("PLATFORM [options]")
    .description("Runs a handler on this machine, as on its platform.")
    .helpOption("-h, --help", "print this")
    .argument("[platform]")
    .configureHelp({ visibleArguments: () => [] });
  dev.action((word: string | undefined) => {
    dev.error(
      word === undefined ? "name a platform: lambda" : `unknown platform '${word}' (give lambda)`,
    );
  });
  dev
    .command("lambda")
    .summary("under AWS's own runtime client")
    .argument("<FILE.HANDLER>", "as in src/orders.handler")
    .argument("[EVENT.json]", "a file, or - for stdin; default: {}")
    .usage("FILE.HANDLER [EVENT.json] [options]")
    .description("Runs a handler under AWS's own runtime client, and shows what it has recorded.")
    .addOption(new Option("--repeat <N>", "how often").argParser(wholeNumber(1, 10_000)).default(1))
    .addOption(
      new Option("--concurrency <N>", "how many at once").argParser(wholeNumber(1, 50)).default(1),
    )
    .addOption(
      new Option("--timeout <TIME>", "limit of an invocation")
        .argParser(duration(10, 900_000))
        .default(3000, "3s"),
    )
    .addOption(new Option("--each", "EVENT.json is an array of events"))
    .addOption(new Option("--env <FILE>", "the function's variables, NAME=VALUE a line"))
    .addOption(new Option("--pushgateway <URL>", "push there instead"))
    .addOption(jsonOption())
    .helpOption("-h, --help", "print this")
    .addHelpText("after", AFTER)
    .action(runDevLambda);
}

async function runDevLambda(
  handler: string,
  eventPath: string | undefined,
  words: DevLambdaWords,
): Promise<void> {
  outliveReaders();
  const [{ devLambda }, { printInvocation, printSeries }] = await Promise.all([
    import("./dev-lambda.js"),
    import("./print-run.js"),
  ]);
  const [pushgateway] =
    words.pushgateway === undefined ? [] : await readPushgateways(words, process.env);
  const result = await devLambda({
    handler,
    events: readEvents(eventPath, words.each === true),
    repeat: words.repeat,
    concurrency: words.concurrency,
    timeoutMs: words.timeout,
    env: readVariables(words.env),
    ...(pushgateway && { pushgateway }),
    onOutput: (text) => void process.stderr.write(text),
    ...(words.json === true ? {} : { onInvocation: printInvocation }),
  });
  if (words.json === true) printJson(result);
  else printSeries(result.series);
  if (!result.ok) process.exitCode = FOUND;
}
