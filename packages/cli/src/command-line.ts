import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { addAggregateCommand } from "./aggregate/aggregate-command.js";
import { reportFailure } from "./output/report.js";
import { WrongInput } from "./arguments/wrong-input.js";

const WRONG_INPUT = 2;
const FAILURE = 1;

/**
 * Runs the command that the words name, and sets the exit code of the process: 0, 1 if the command failed, or 2 if
 * the words are wrong.
 *
 * @param words the arguments of the command line, without the program
 */
export async function runCommandLine(words: readonly string[]): Promise<void> {
  const program = new Command("prefreeze")
    .description("Right metrics of serverless functions, for Prometheus.")
    .version(readVersion(), "-V, --version", "prints the version")
    .helpOption("-h, --help", "explains the command")
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .configureOutput({ outputError: (text) => reportFailure(onOneLine(text)) })
    .exitOverride();
  addAggregateCommand(program);
  try {
    if (words.length === 0) program.error("name a command");
    await program.parseAsync(words, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) {
      // It has said what is wrong, or printed the help that was asked for.
      process.exitCode = error.exitCode === 0 ? 0 : WRONG_INPUT;
    } else {
      reportFailure(error instanceof Error ? error.message : String(error));
      process.exitCode = error instanceof WrongInput ? WRONG_INPUT : FAILURE;
    }
  }
}

/** What is wrong with the words, and which help says more. The parser breaks lines before a suggestion. */
function onOneLine(text: string): string {
  const wrong = text
    .trim()
    .replace(/^error: /, "")
    .replaceAll(/\s*\n\s*/g, " ");
  return `${wrong.replace(/\.$/, "")}. See: prefreeze aggregate --help`;
}

function readVersion(): string {
  const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { readonly version: string }).version;
}
