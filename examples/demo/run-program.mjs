import { spawn } from "node:child_process";

/**
 * Runs a program to its end without showing its output. If this process ends, the program ends too.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd: string }} options
 * @returns {Promise<{ failure: string | undefined, output: string }>} why it failed, and everything that it printed
 */
export function runProgram(program, args, { cwd }) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
    const killChild = () => void child.kill();
    process.once("exit", killChild);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => (output += text));
    }
    const end = (/** @type {string | undefined} */ failure) => {
      process.off("exit", killChild);
      resolve({ failure, output });
    };
    child.once("error", (error) => end(error.message));
    child.once("close", (code, signal) =>
      end(code === 0 ? undefined : signal ? `ended by ${signal}` : `exit code ${code}`),
    );
  });
}

/**
 * @param {string} output
 * @param {number} count
 */
export function lastLines(output, count) {
  return output
    .trim()
    .split("\n")
    .slice(-count)
    .map((line) => `    ${line}`)
    .join("\n");
}
