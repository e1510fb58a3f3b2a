import type { Command } from "commander";
import {
  pushgatewayOption,
  type PushgatewayWords,
  readPushgateways,
} from "../arguments/pushgateway-option.js";
import { timeoutOption } from "../arguments/timeout-option.js";
import { jsonOption, printJson, type PrintWords } from "../output/print.js";
import { outliveReaders } from "../output/report.js";

interface LsWords extends PushgatewayWords, PrintWords {
  /** Milliseconds. */
  readonly timeout: number;
}

/** Adds the command `ls`. */
export function addLsCommand(program: Command): void {
  program
    .command("ls")
    .summary("list the jobs that a Pushgateway holds")
    .description("Lists the jobs that a Pushgateway holds: groups, series, and when they pushed.")
    .helpOption("-h, --help", "print this")
    .addOption(pushgatewayOption())
    .addOption(timeoutOption())
    .addOption(jsonOption())
    .action(run);
}

async function run(words: LsWords): Promise<void> {
  outliveReaders();
  const { listJobs } = await import("./ls.js");
  const held = [];
  for (const pushgateway of await readPushgateways(words, process.env)) {
    const jobs = await listJobs(pushgateway, { timeoutMs: words.timeout });
    held.push({ pushgateway: pushgateway.url, jobs });
  }
  if (words.json) {
    printJson(
      held.flatMap(({ pushgateway, jobs }) => jobs.map((job) => ({ pushgateway, ...job }))),
    );
    return;
  }
  const { printJobs } = await import("./print-jobs.js");
  for (const { pushgateway, jobs } of held) printJobs(pushgateway, jobs, held.length > 1);
}
