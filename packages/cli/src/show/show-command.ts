import type { Command } from "commander";
import {
  pushgatewayOption,
  type PushgatewayWords,
  readPushgateways,
} from "../arguments/pushgateway-option.js";
import { timeoutOption } from "../arguments/timeout-option.js";
import { WrongInput } from "../arguments/wrong-input.js";
import { jsonOption, printJson, type PrintWords } from "../output/print.js";
import { outliveReaders } from "../output/report.js";

interface ShowWords extends PushgatewayWords, PrintWords {
  readonly instance?: string;
  /** Milliseconds. */
  readonly timeout: number;
}

/** Adds the command `show`. */
export function addShowCommand(program: Command): void {
  program
    .command("show")
    .summary("show what a Pushgateway holds of a job")
    .description("Shows the lives of a job, and its values: totals over the lives.")
    .argument("<JOB>", "its name, as ls shows it")
    .helpOption("-h, --help", "print this")
    .option("--instance <NAME>", "only this life")
    .addOption(pushgatewayOption())
    .addOption(timeoutOption())
    .addOption(jsonOption())
    .action(run);
}

async function run(job: string, words: ShowWords): Promise<void> {
  outliveReaders();
  const { showJob } = await import("./show.js");
  const options = { instance: words.instance, timeoutMs: words.timeout };
  const shown = [];
  const pushgateways = await readPushgateways(words, process.env);
  for (const pushgateway of pushgateways) {
    const { lives, metrics } = await showJob(pushgateway, job, options);
    shown.push({ pushgateway: pushgateway.url, job, lives, metrics });
  }
  const held = shown.filter(({ lives }) => lives.length > 0);
  if (held.length === 0) {
    const where = pushgateways.map(({ url }) => url).join(", ");
    const which =
      words.instance === undefined ? "" : ` with instance ${JSON.stringify(words.instance)}`;
    throw new WrongInput(
      `no group of job ${JSON.stringify(job)}${which} is held at ${where}: prefreeze ls lists the jobs`,
    );
  }
  if (words.json) {
    printJson(held);
    return;
  }
  const { printJob } = await import("./print-job.js");
  for (const one of held) printJob(one.pushgateway, one, held.length > 1);
}
