import { type Command, Option } from "commander";
import { duration } from "../arguments/duration.js";
import {
  type PrometheusWords,
  prometheusOption,
  readPrometheus,
} from "../arguments/prometheus-option.js";
import {
  pushgatewayOption,
  type PushgatewayWords,
  readPushgateways,
} from "../arguments/pushgateway-option.js";
import { timeoutOption } from "../arguments/timeout-option.js";
import { wholeNumber } from "../arguments/whole-number.js";
import { FAILED, FOUND } from "../output/exit-codes.js";
import { jsonOption, printJson, type PrintWords } from "../output/print.js";
import { outliveReaders, reportFailure } from "../output/report.js";
import type { PruneReport } from "./prune.js";

interface PruneWords extends Omit<PrometheusWords, "prometheus">, PushgatewayWords, PrintWords {
  /** False if it is not to be asked. */
  readonly prometheus?: string | false;
  /** Milliseconds. */
  readonly olderThan: number;
  /** Milliseconds. */
  readonly scrapeInterval: number;
  readonly delete?: boolean;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly ghosts?: boolean;
  readonly limit?: number;
  /** Milliseconds. */
  readonly timeout: number;
}

const NOTES = `
Without --delete it only tells what it would delete. Groups of other programs stay.`;

/** Adds the command `prune`. */
export function addPruneCommand(program: Command): void {
  const command = program
    .command("prune")
    .summary("delete the groups of lives that have ended")
    .description("Deletes the groups of functions that have been silent for half an hour.")
    .helpOption("-h, --help", "print this")
    .addHelpText("after", NOTES);
  for (const option of options()) command.addOption(option);
  command.action(run);
}

function options(): Option[] {
  return [
    new Option("--delete", "delete them"),
    new Option("--yes", "the same").hideHelp(),
    new Option("--dry-run", "delete nothing; the default").conflicts(["delete", "yes"]),
    new Option("--older-than <TIME>", "how long they have been silent")
      .argParser(duration(1_800_000, 720 * 3_600_000))
      .default(1_800_000, "30m"),
    prometheusOption(),
    new Option("--no-prometheus", "do not ask whether the groups were scraped"),
    new Option("--scrape-interval <TIME>", "how often Prometheus scrapes")
      .argParser(duration(1_000, 300_000))
      .default(15_000, "15s"),
    new Option("--ghosts", "also what holds nothing but a refused push"),
    new Option("--limit <NUMBER>", "delete so many at most").argParser(wholeNumber(1, 10_000_000)),
    pushgatewayOption(),
    timeoutOption(),
    jsonOption(),
  ];
}

async function run(words: PruneWords): Promise<void> {
  outliveReaders();
  const prometheus =
    words.prometheus === false
      ? false
      : readPrometheus(
          words.prometheus === undefined ? {} : { prometheus: words.prometheus },
          process.env,
        );
  const pushgateways = await readPushgateways(words, process.env);
  const { pruneGroups } = await import("./prune.js");
  const { ServerFault } = await import("../groups/server-fault.js");
  const { printPruned, progress } = await import("./print-pruned.js");
  const reports: PruneReport[] = [];
  const failures: string[] = [];
  for (const pushgateway of pushgateways) {
    const pruned = await pruneGroups(pushgateway, {
      prometheus,
      olderThanMs: words.olderThan,
      scrapeIntervalMs: words.scrapeInterval,
      dryRun: words.delete !== true && words.yes !== true,
      ghosts: words.ghosts ?? false,
      timeoutMs: words.timeout,
      ...(words.limit !== undefined && { mostDeletions: words.limit }),
      onProgress: progress(),
    }).catch((error: unknown) => {
      if (!(error instanceof ServerFault)) throw error;
      return error;
    });
    if (pruned instanceof ServerFault) {
      // The others have groups to delete, too, and what was deleted has to be told.
      failures.push(pruned.message);
      continue;
    }
    if (pruned.stopped !== undefined) failures.push(pruned.stopped);
    reports.push(pruned);
    if (!words.json) printPruned(pruned);
  }
  if (words.json && reports.length > 0) printJson(reports);
  if (reports.some(({ kept }) => kept.unscraped + kept.left + kept.future > 0))
    process.exitCode = FOUND;
  for (const failure of failures) reportFailure(failure);
  if (failures.length > 0) process.exitCode = FAILED;
}
