import { join } from "node:path";
import { type BenchFigure, limited, unlimited } from "../figure.js";
import { median } from "../quantile.js";
import { type LambdaRun, startFunction } from "./bench-function.js";

const MODULES = {
  prefreeze: "prefreeze.cjs",
  prefreeze_registered: "prefreeze-registered.mjs",
  prom_client: "prom-client.cjs",
} as const;

/**
 * The time to import a bundle in the runtime client, each time in a new environment. For the registered bundle,
 * it includes the registration over `node:http`.
 */
export async function importFigures(
  run: LambdaRun,
  env: Record<string, string>,
): Promise<readonly BenchFigure[]> {
  const samples = { prefreeze: [], prefreeze_registered: [], prom_client: [] } as Record<
    keyof typeof MODULES,
    number[]
  >;
  // In the first round, no file is cached.
  for (let round = -1; round < (run.quick ? 3 : 20); round++) {
    for (const name of Object.keys(MODULES) as (keyof typeof MODULES)[]) {
      const started = await startFunction<{ readonly importMs: number }>(run, "importing", {
        ...env,
        IMPORTED: join(run.folder, "imported", MODULES[name]),
      });
      try {
        const { result } = await started.invoke();
        if (round >= 0) samples[name].push(result.importMs);
      } finally {
        await started.stop();
      }
    }
  }
  const ratio = (name: keyof typeof MODULES) =>
    median(samples[name].map((ms, round) => ms / samples.prom_client[round]!));
  return [
    // Guards against growth: 3 % over the larger ratio of Node 20 and 24.
    limited("lambda_import_ratio", ratio("prefreeze"), "x", "<=", 0.85),
    limited("lambda_import_registered_ratio", ratio("prefreeze_registered"), "x", "<=", 1.63),
    unlimited("lambda_import_prefreeze", median(samples.prefreeze), "ms"),
    unlimited("lambda_import_prefreeze_registered", median(samples.prefreeze_registered), "ms"),
    unlimited("lambda_import_prom_client", median(samples.prom_client), "ms"),
  ];
}
