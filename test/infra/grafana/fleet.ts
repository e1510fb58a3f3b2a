import { bundleHandler } from "@prefreeze/lambda-emulator";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { atOnce } from "../../end-to-end/examples.js";
import { startLambdaFunction } from "../../end-to-end/lambda-function.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** What a function did, counted by its caller. */
export interface Truth {
  succeeded: number;
  failed: number;
  timedOut: number;
  coldStarts: number;
  /** Those that took about 0.6 s; the others took less than 0.25 s, failed or timed out. */
  slow: number;
  pro: number;
}

/**
 * Runs functions with births in waves, environments that are called once only, failures, timeouts and slow calls.
 *
 * @param url where they push to
 * @param jobs their names
 * @returns what each of them did
 */
export async function runFleet(
  url: string,
  jobs: readonly string[],
): Promise<ReadonlyMap<string, Truth>> {
  const outdir = await mkdtemp(join(root, ".cache", "grafana-"));
  const bundled = await bundleHandler({
    entry: fileURLToPath(new URL("fixtures/orders.ts", import.meta.url)),
    outdir,
    format: "esm",
  });
  const runJob = async (functionName: string) => {
    const orders = await startLambdaFunction({
      ...bundled,
      functionName,
      maxEnvironments: 6,
      timeoutMs: 2_000,
      // The function itself sees its deadline come, whatever else this machine does.
      timeoutGraceMs: 2_000,
      env: { PUSHGATEWAY_URL: url },
    });
    const truth: Truth = { succeeded: 0, failed: 0, timedOut: 0, coldStarts: 0, slow: 0, pro: 0 };
    const order = async (plan: "pro" | "free", card: "good" | "slow" | "declined" | "hanging") => {
      const { failed } = await orders.invoke({ plan, card, waiting: 7 });
      if (failed !== (card === "declined" || card === "hanging"))
        throw new Error(`an order with a ${card} card has failed or not: ${failed}`);
      if (card === "hanging") truth.timedOut += 1;
      else truth[failed ? "failed" : "succeeded"] += 1;
      if (card === "slow") truth.slow += 1;
      if (!failed && plan === "pro") truth.pro += 1;
    };
    try {
      for (const environments of [1, 3, 6]) {
        await atOnce(environments, (each) => order("pro", each === 0 ? "slow" : "good"));
        await order("free", "declined");
        await order("free", "good");
        await orders.lambda.settled();
      }
      await order("free", "hanging");
      await order("free", "good");
      await orders.lambda.settled();
      truth.coldStarts = orders.lambda.coldStarts();
      return [functionName, truth] as const;
    } finally {
      await orders.stop();
    }
  };
  try {
    return new Map(await Promise.all(jobs.map(runJob)));
  } finally {
    await rm(outdir, { recursive: true, force: true });
  }
}
