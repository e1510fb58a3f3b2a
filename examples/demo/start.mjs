// Prepares the demo and runs it. It imports only built-in modules until the dependencies are installed.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isFree } from "./free-port.mjs";
import { install } from "./install.mjs";
import { readOptions } from "./options.mjs";
import { bold, red, say, step } from "./progress.mjs";
import { lastLines, runProgram } from "./run-program.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** @param {readonly string[]} args of the command line */
export async function start(args) {
  // The processes that the demo starts end when this process exits. A signal alone would leave them running.
  /** @type {(exitCode: number) => void} */
  let interrupt = (exitCode) => process.exit(exitCode);
  for (const [signal, exitCode] of /** @type {const} */ ([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ])) {
    process.on(signal, () => interrupt(exitCode));
  }
  if (process.env["npm_lifecycle_event"] !== undefined) endWithParent();
  const untilInterrupted = () => new Promise((resolve) => void (interrupt = resolve));
  try {
    const { help, ...options } = readOptions(args);
    if (help !== undefined) return say(help);
    if (options.port !== undefined && !(await isFree(options.port))) {
      throw new Error(
        `The demo cannot use port ${options.port} of 127.0.0.1. Stop the process that listens there, or choose another one with --port.`,
      );
    }
    say(`\n${bold("prefreeze demo")}\n`);
    await install(root);
    await step("building the packages", build, () => "packages are built");
    const { register } = await import("tsx/esm/api");
    register();
    const { demo } = await import("./demo.ts");
    process.exitCode = (await demo(options, untilInterrupted)) ? 0 : 1;
  } catch (error) {
    process.exitCode = 1;
    console.error(`\n${red("The demo failed.")} ${reason(error)}\n`);
  }
}

/** Ends the demo with its parent: npm passes a signal to a shell, which does not pass it on. */
function endWithParent() {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && process.kill(process.pid, "SIGTERM"), 500).unref();
}

async function build() {
  const { failure, output } = await runProgram(
    process.execPath,
    [join(root, "packages/build.mjs")],
    { cwd: root },
  );
  if (failure !== undefined)
    throw new Error(`Building the packages failed (${failure}):\n\n${lastLines(output, 30)}`);
}

/**
 * The message of a plain Error is written for people. Any other error is a fault of the demo itself.
 *
 * @param {unknown} error
 */
function reason(error) {
  if (!(error instanceof Error)) return String(error);
  return error.constructor === Error ? error.message : error.stack;
}
