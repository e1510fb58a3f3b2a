// Runs lanes, or what vitest's own arguments say: `node run-vitest.mjs [LANE…] [ARGUMENT…]`. `npm test` brings
// what they need, and starts this.
import { parseCLI, startVitest } from "vitest/node";
import { root } from "../prepare.mjs";
import { splitLanes } from "./lanes.mjs";
import { report } from "./report.mjs";
import { keepTimes, secondsByLane } from "./times.mjs";

const RECORD_TIMES = "--record-times";
const inContinuousIntegration = !["", "0", "false"].includes(process.env["CI"] ?? "");

// A handle that a test left open must not keep a finished run from ending.
process.exit(await main(process.argv.slice(2)));

/**
 * @param {readonly string[]} words
 * @returns {Promise<number>} the exit code
 */
async function main(words) {
  try {
    if (words.includes(RECORD_TIMES) && words.length > 1) {
      throw new Error(`${RECORD_TIMES} runs all lanes: give it no other argument.`);
    }
    const { chosen, rest } = splitLanes(words);
    const projects = chosen.flatMap((lane) => ["--project", lane, "--project", `${lane} alone`]);
    const ofVitest = rest.filter((word) => word !== RECORD_TIMES);
    const startedMs = performance.now();
    const { filter, options } = parseCLI(["vitest", "run", ...projects, ...ofVitest]);
    const vitest = await startVitest("test", filter, {
      config: "test/vitest.config.ts",
      ...options,
      root,
      watch: false,
    });
    await vitest.close();
    const { text, ok } = report(vitest, { skipsAllowed: !inContinuousIntegration });
    if (ok && words.includes(RECORD_TIMES)) {
      const seconds = (performance.now() - startedMs) / 1_000;
      keepTimes(secondsByLane(vitest.state.getTestModules()), seconds);
    }
    console.log(`\n${text}`);
    return ok ? 0 : 1;
  } catch (error) {
    // For example a test file without a lane, or an unknown option.
    console.error(`\n${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}
