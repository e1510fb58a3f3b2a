import { openGateway, type GatewayChoice } from "./gateway.js";
import { lambda } from "./lambda.js";
import { groupsHeld, numbersHeld } from "./numbers.js";
import type { Run } from "./platform.js";
import { bold, dim, red, say, step } from "./progress.mjs";
import { lastLines } from "./run-program.mjs";
import { differences, table, type Comparison } from "./table.js";
import { vercel } from "./vercel.js";
import { workers } from "./workers.js";

const platforms = { lambda, workers, vercel };

export interface DemoOptions extends GatewayChoice {
  readonly platforms: readonly (keyof typeof platforms)[];
}

/**
 * Runs the example of each platform, and shows what was invoked beside what the gateway holds.
 *
 * @returns whether every number is exact
 */
export async function demo(
  options: DemoOptions,
  untilInterrupted: () => Promise<unknown>,
): Promise<boolean> {
  // The demo also runs on Node 20, and calls nothing but this machine.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
  const gateway = await step(
    "starting a gateway",
    () => openGateway(options),
    ({ name, url }) => `${name}, at ${url}`,
  );
  try {
    const runs: (Run & { readonly title: string; readonly job: string })[] = [];
    for (const name of options.platforms) {
      const platform = platforms[name];
      const { title, runtime, job } = platform;
      const doing = `${bold(title)} in ${runtime}`;
      const run = await step(
        doing,
        () => platform.run(gateway),
        ({ summary }) => `${doing}: ${summary}`,
      );
      runs.push({ ...run, title, job });
    }
    // All functions have ended, so the gateway's numbers are final.
    const scrape = await gateway.metrics();
    const compared = runs.map((run) => ({ ...run, held: numbersHeld(scrape, run.job) }));
    say(`\n${table(compared)}\n`);
    const exact = verdict(compared);
    const groups = runs.reduce((sum, { job }) => sum + groupsHeld(scrape, job), 0);
    say(
      `  It holds ${groups} groups, one for each environment, isolate or process, and each number is a sum over them.`,
    );
    if (options.keep) {
      say(`  Look at ${bold(gateway.url)}: it stays open until Ctrl-C.`);
      await untilInterrupted();
      say();
    } else {
      say(
        dim(
          `  With "npm run demo -- --keep" the gateway stays open, for you to look at the groups themselves.\n`,
        ),
      );
    }
    return exact;
  } finally {
    await gateway.stop();
  }
}

function verdict(compared: readonly (Comparison & { readonly logs: string })[]): boolean {
  const different = compared.filter((comparison) => differences(comparison) > 0);
  if (different.length === 0) {
    say(`  Every number is exact: what was invoked is what the gateway holds.`);
    return true;
  }
  for (const { title, logs } of different) say(`  ${title} wrote last:\n${lastLines(logs, 20)}\n`);
  say(red(`  Numbers differ: see the rows with ✗.`));
  return false;
}
