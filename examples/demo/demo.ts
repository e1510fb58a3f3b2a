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
 * Runs the example of each platform, and shows the numbers that the callers saw beside those of the gateway.
 *
 * @returns whether every number is exact
 */
export async function demo(
  options: DemoOptions,
  untilInterrupted: () => Promise<unknown>,
): Promise<boolean> {
  // The demo also runs on Node 20, and calls only this machine.
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
      `  It holds ${groups} groups, one per environment, isolate or process. Each number is the sum over a platform's groups.`,
    );
    if (options.keep) {
      say(`  The gateway stays open at ${bold(gateway.url)} until Ctrl-C.`);
      await untilInterrupted();
      say();
    } else {
      say(dim(`  To look at the groups yourself, keep the gateway open: npm run demo -- --keep\n`));
    }
    return exact;
  } finally {
    await gateway.stop();
  }
}

function verdict(compared: readonly (Comparison & { readonly logs: string })[]): boolean {
  const different = compared.filter((comparison) => differences(comparison) > 0);
  if (different.length === 0) {
    say(`  Every number is exact: the gateway holds what the callers saw.`);
    return true;
  }
  for (const { title, logs } of different)
    say(`  The end of the log of ${title}:\n${lastLines(logs, 20)}\n`);
  say(red(`  Some numbers differ: see the rows marked ✗.`));
  return false;
}
