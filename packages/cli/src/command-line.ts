import { Command, CommanderError } from "commander";
import { addAggregateCommand } from "./aggregate/aggregate-command.js";
import { addCheckCommand } from "./check/check-command.js";
import { addDevCommand } from "./dev/dev-command.js";
import { addGatewayCommand } from "./gateway/gateway-command.js";
import { addGuardCommand } from "./guard/guard-command.js";
import { addLsCommand } from "./ls/ls-command.js";
import { addPruneCommand } from "./prune/prune-command.js";
import { addRulesCommand } from "./rules/rules-command.js";
import { addShowCommand } from "./show/show-command.js";
import { addTopCommand } from "./top/top-command.js";
import { WrongInput } from "./arguments/wrong-input.js";
import { addLambdaCommand } from "./lambda/lambda-command.js";
import { FAILED, WRONG_INPUT } from "./output/exit-codes.js";
import { reportFailure } from "./output/report.js";
import { VERSION } from "./version.js";

/**
 * Runs the command that the words name, and sets the exit code of the process: 0, 1 if the command failed, 2 if the
 * words are wrong, or 3 if the command found something wrong.
 *
 * @param words the arguments of the command line, without the program
 */
export async function runCommandLine(words: readonly string[]): Promise<void> {
  const program = new Command("prefreeze")
    .description("Right metrics of serverless functions, for Prometheus.")
    .version(VERSION, "-V, --version", "prints the version")
    .helpOption("-h, --help", "explains the command")
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .configureOutput({
      outputError: (text) => reportFailure(onOneLine(text, helpOf(program, words))),
    })
    .exitOverride();
  addAggregateCommand(program);
  addCheckCommand(program);
  addDevCommand(program);
  addGatewayCommand(program);
  addGuardCommand(program);
  addLambdaCommand(program);
  addLsCommand(program);
  addPruneCommand(program);
  addRulesCommand(program);
  addShowCommand(program);
  addTopCommand(program);
  try {
    if (words.length === 0) program.error("name a command");
    await program.parseAsync(words, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) {
      // It has said what is wrong, or printed the help that was asked for.
      process.exitCode = error.exitCode === 0 ? 0 : WRONG_INPUT;
    } else {
      reportFailure(error instanceof Error ? error.message : String(error));
      process.exitCode = error instanceof WrongInput ? WRONG_INPUT : FAILED;
    }
  }
}

/** What is wrong with the words, and which help says more. The parser breaks lines before a suggestion. */
function onOneLine(text: string, help: string): string {
  const wrong = text
    .trim()
    .replace(/^error: /, "")
    .replaceAll(/\s*\n\s*/g, " ");
  return `${wrong.replace(/\.$/, "")}. See: ${help}`;
}

/** The help of the command that the first words name. */
function helpOf(program: Command, words: readonly string[]): string {
  const names = ["prefreeze"];
  let command: Command | undefined = program;
  for (const word of words) {
    command = command.commands.find((known) => known.name() === word);
    if (command === undefined) break;
    names.push(word);
  }
  return `${names.join(" ")} --help`;
}
