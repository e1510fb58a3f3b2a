// `npm test`: installs and builds what is missing, finds or fetches the real Pushgateway, runs the
// tests and ends with a line that counts them. Arguments go to vitest: `npm test -- packages/core`.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { install } from "../examples/demo/install.mjs";
import { prepare, root } from "./prepare.mjs";
import { prepareGateways } from "./pushgateway/gateways.mjs";

const inContinuousIntegration = !["", "0", "false"].includes(process.env["CI"] ?? "");

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
// A handle that a test left open must not keep a finished run from ending.
process.exit();

/** @returns {Promise<number>} the exit code */
async function main() {
  await prepare();
  await install(join(root, "test/lambda-emulator/runtimes"));
  if (inContinuousIntegration) compileNativeClients();
  console.log(await prepareGateways({ allRequired: inContinuousIntegration }));
  forgetSettings();

  const { parseCLI, startVitest } = await import("vitest/node");
  const { countTests } = await import("./count-tests.mjs");
  const { filter, options } = parseCLI(["vitest", "run", ...process.argv.slice(2)]);
  const vitest = await startVitest("test", filter, {
    ...options,
    root,
    config: "test/vitest.config.ts",
    watch: false,
  });
  const { passed, failed, skipped } = countTests(vitest);
  await vitest.close();

  const problems = [
    ...(passed + failed === 0 ? ["No test ran."] : []),
    ...(skipped.length > 0 && inContinuousIntegration ? ["Nothing may be skipped in CI."] : []),
  ];
  if (skipped.length > 0) console.log(["", "Skipped:", ...skipped].join("\n"));
  if (problems.length > 0) console.error(["", ...problems].join("\n"));
  const counts = [`${passed} passed`, `${failed} failed`];
  if (skipped.length > 0) counts.push(`${skipped.length} skipped`);
  console.log(`\n${counts.join(", ")}`);
  return failed > 0 || problems.length > 0 ? 1 : 0;
}

/** Before the tests, since it takes all processors for a minute or two. */
function compileNativeClients() {
  const program = join(root, "test/lambda-emulator/src/runtime-client/compile-native-clients.ts");
  const { status } = spawnSync(process.execPath, ["--import", "tsx", program], {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) throw new Error("AWS's runtime client must compile in CI; see above.");
}

/** A developer's own settings are none of the tests'. */
function forgetSettings() {
  for (const name of Object.keys(process.env)) {
    if (/^(PREFREEZE_|PUSHGATEWAY_(?!BIN$))/.test(name)) delete process.env[name];
  }
}
