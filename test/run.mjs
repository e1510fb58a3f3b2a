// `npm test`: brings what is missing, runs the tests with Node 24, and ends with the slowest files and the
// counts.
//   npm test -- core vercel       these lanes alone
//   npm test -- --list            the lanes, with their usual time
//   npm test -- --node=20 core    another version of Node: 20, 22 or 24
//   npm test -- --record-times    all, and keeps the times that --list shows
// Other arguments go to vitest: paths, -t, ….
import { spawn, spawnSync } from "node:child_process";
import { delimiter, dirname, join } from "node:path";
import { say } from "../examples/demo/progress.mjs";
import { findNode } from "./run/nodes.mjs";
import { listOfLanes } from "./run/times.mjs";
import { prepare, root } from "./prepare.mjs";
import { preparePrograms } from "./pushgateway/programs.mjs";

const inContinuousIntegration = !["", "0", "false"].includes(process.env["CI"] ?? "");

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

/**
 * @param {string[]} words
 * @returns {Promise<number>} the exit code
 */
async function main(words) {
  if (words.includes("--list")) {
    say(listOfLanes());
    return 0;
  }
  const version = words.find((word) => word.startsWith("--node="))?.slice("--node=".length) ?? "24";
  const rest = words.filter((word) => !word.startsWith("--node="));
  await prepare();
  const node = await findNode(version);
  if (inContinuousIntegration) compileNativeClients();
  say(await preparePrograms({ allRequired: inContinuousIntegration }));
  say(`Node for the tests: ${node.name}`);
  return await runVitest(node.path, rest);
}

/**
 * @param {string} node
 * @param {readonly string[]} words
 * @returns {Promise<number>} the exit code
 */
function runVitest(node, words) {
  const program = join(root, "test/run/run-vitest.mjs");
  const child = spawn(node, [program, ...words], {
    cwd: root,
    stdio: "inherit",
    // What the tests start by the name `node` has the same version.
    env: { ...withoutSettings(), PATH: [dirname(node), process.env["PATH"]].join(delimiter) },
  });
  // A terminal sends SIGINT to both; the child ends the run, and this process ends after it.
  process.on("SIGINT", () => {});
  for (const signal of /** @type {const} */ (["SIGTERM", "SIGHUP"])) {
    process.on(signal, () => child.kill(signal));
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}

/** Compiled before the tests, because it uses all processors for a minute or two. */
function compileNativeClients() {
  const program = join(root, "test/lambda-emulator/src/runtime-client/compile-native-clients.ts");
  const { status } = spawnSync(process.execPath, ["--import", "tsx", program], {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) throw new Error("AWS's runtime clients must compile in CI; see above.");
}

/** A developer's own settings must not reach the tests. */
function withoutSettings() {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(PREFREEZE_|PUSHGATEWAY_(?!BIN$))/.test(name),
    ),
  );
}
