import { createInterface } from "node:readline/promises";
import { type Command, Option } from "commander";
import {
  type Pushgateway,
  pushgatewayOption,
  type PushgatewayWords,
  readPushgateways,
} from "../arguments/pushgateway-option.js";
import { timeoutOption } from "../arguments/timeout-option.js";
import { WrongInput } from "../arguments/wrong-input.js";
import { FAILED, FOUND } from "../output/exit-codes.js";
import { jsonOption, printJson, type PrintWords } from "../output/print.js";
import { outliveReaders, report, reportFailure } from "../output/report.js";
import type { GuardReport } from "./guard.js";

interface GuardWords extends PushgatewayWords, PrintWords {
  readonly remove?: boolean;
  readonly yes?: boolean;
  /** Milliseconds. */
  readonly timeout: number;
}

/** Adds the command `guard`. */
export function addGuardCommand(program: Command): void {
  program
    .command("guard")
    .summary("find the push that breaks every scrape")
    .description("Finds what makes scrapes of a Pushgateway fail, and which pushes it refuses.")
    .helpOption("-h, --help", "print this")
    .addOption(new Option("--remove", "delete the groups at fault"))
    .addOption(new Option("--yes", "without asking"))
    .addOption(pushgatewayOption())
    .addOption(timeoutOption())
    .addOption(jsonOption())
    .action(run);
}

async function run(words: GuardWords): Promise<void> {
  outliveReaders();
  if (words.remove && !words.yes && (words.json || !process.stdin.isTTY))
    throw new WrongInput("nobody can be asked here: give --remove and --yes together");
  const { findFaults } = await import("./guard.js");
  const { printGuarded } = await import("./print-guarded.js");
  const options = { timeoutMs: words.timeout };
  const printed = [];
  for (const pushgateway of await readPushgateways(words, process.env)) {
    const found = await findFaults(pushgateway, options);
    if (!words.json) printGuarded(found);
    if (isWrong(found)) process.exitCode = FOUND;
    const removal = words.remove ? await remove(pushgateway, found, words) : undefined;
    if (removal?.scrapesWork === false) {
      reportFailure(`scrapes of ${pushgateway.url} still fail: run prefreeze guard again`);
      process.exitCode = FAILED;
    }
    printed.push({ ...found, ...removal });
  }
  if (words.json) printJson(printed);
}

function isWrong({ findings }: GuardReport): boolean {
  return findings.some(({ severity }) => severity !== "note");
}

async function remove(
  pushgateway: Pushgateway,
  { findings }: GuardReport,
  words: GuardWords,
): Promise<{ readonly removed: readonly unknown[]; readonly scrapesWork: boolean } | undefined> {
  const count = new Set(findings.flatMap(({ removable }) => removable.map(({ path }) => path)))
    .size;
  if (count === 0) {
    if (!words.json) report("there is no group to delete");
    return undefined;
  }
  if (!words.yes && !(await isConfirmed(`Delete ${count} group${count > 1 ? "s" : ""}? [y/N] `)))
    return undefined;
  const { removeFaults, stillRemovable } = await import("./remove.js");
  const options = { timeoutMs: words.timeout };
  // People think for long, and groups are pushed again meanwhile.
  const confirmed = words.yes ? findings : await stillRemovable(pushgateway, findings, options);
  const removal = await removeFaults(pushgateway, confirmed, options);
  if (!words.json)
    report(
      `deleted ${removal.removed.length} group${removal.removed.length > 1 ? "s" : ""}${removal.scrapesWork ? "; scrapes work again" : ""}`,
    );
  return removal;
}

async function isConfirmed(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(question)).trim());
  } finally {
    terminal.close();
  }
}
