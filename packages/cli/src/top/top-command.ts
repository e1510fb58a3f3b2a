import { type Command, Option } from "commander";
import { duration } from "../arguments/duration.js";
import {
  pushgatewayOption,
  type PushgatewayWords,
  readPushgateways,
} from "../arguments/pushgateway-option.js";
import { timeoutOption } from "../arguments/timeout-option.js";
import { wholeNumber } from "../arguments/whole-number.js";
import { WrongInput } from "../arguments/wrong-input.js";
import { jsonOption, printJson, type PrintWords } from "../output/print.js";
import { outliveReaders } from "../output/report.js";

interface TopWords extends PushgatewayWords, PrintWords {
  /** Milliseconds. */
  readonly interval: number;
  readonly count?: number;
  /** Milliseconds. */
  readonly timeout: number;
}

/** Adds the command `top`. */
export function addTopCommand(program: Command): void {
  program
    .command("top")
    .summary("watch the busiest jobs of a Pushgateway")
    .description("Watches the busiest jobs of a Pushgateway: invocations and pushes per second.")
    .helpOption("-h, --help", "print this")
    .addOption(
      new Option("--interval <TIME>", "time between two looks")
        .argParser(duration(500, 3_600_000))
        .default(2_000, "2s"),
    )
    .addOption(
      new Option("--count <NUMBER>", "how often to print; otherwise until Ctrl+C").argParser(
        wholeNumber(1, 1_000_000),
      ),
    )
    .addOption(pushgatewayOption())
    .addOption(timeoutOption())
    .addOption(jsonOption())
    .action(run);
}

async function run(words: TopWords): Promise<void> {
  const [pushgateway, ...others] = await readPushgateways(words, process.env);
  if (pushgateway === undefined || others.length > 0)
    throw new WrongInput("top watches one Pushgateway: name it with --pushgateway");
  const { watchActivity } = await import("./activity.js");
  const { printActivity } = await import("./print-activity.js");
  outliveReaders();
  const readerLeft = new AbortController();
  process.stdout.once("error", () => readerLeft.abort());
  let left = words.count ?? Infinity;
  const looks = watchActivity(pushgateway, {
    intervalMs: words.interval,
    timeoutMs: words.timeout,
    signal: readerLeft.signal,
  });
  for await (const activity of looks) {
    if (words.json) printJson(activity);
    else printActivity(pushgateway.url, activity);
    left--;
    if (left === 0) break;
  }
}
