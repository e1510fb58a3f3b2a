import { join } from "node:path";
import { type BenchFigure, limited, told } from "../figure.js";
import { median } from "../quantile.js";
import { type LambdaRun, startFunction } from "./bench-function.js";

const MODULES = {
  prefreeze: "prefreeze.cjs",
  prefreeze_registered: "prefreeze-registered.mjs",
  prom_client: "prom-client.cjs",
} as const;

interface ImportTold {
  readonly importMs: number;
  readonly idleMs: number;
}

/** Time of importing a bundle inside the runtime client, each time in a new environment. */
export async function importFigures(
  run: LambdaRun,
  env: Record<string, string>,
): Promise<readonly BenchFigure[]> {
  const samples = { prefreeze: [], prefreeze_registered: [], prom_client: [] } as Record<
    keyof typeof MODULES,
    ImportTold[]
  >;
  // The first round finds the files in no cache.
  for (let round = -1; round < (run.quick ? 3 : 20); round++) {
    for (const name of Object.keys(MODULES) as (keyof typeof MODULES)[]) {
      const started = await startFunction<ImportTold>(run, "importing", {
        ...env,
        IMPORTED: join(run.folder, "imported", MODULES[name]),
      });
      try {
        const { told } = await started.invoke();
        if (round >= 0) samples[name].push(told);
      } finally {
        await started.stop();
      }
    }
  }
  const ms = (name: keyof typeof MODULES) => samples[name].map(({ importMs }) => importMs);
  const ratio = (name: keyof typeof MODULES) =>
    median(ms(name).map((own, round) => own / ms("prom_client")[round]!));
  const waited = median(samples.prefreeze_registered.map(({ idleMs }) => idleMs));
  return [
    limited("lambda_import_ratio", ratio("prefreeze"), "x", "<=", 0.5),
    limited("lambda_import_registered_ratio", ratio("prefreeze_registered"), "x", "<=", 0.5),
    told("lambda_import_prefreeze", median(ms("prefreeze")), "ms"),
    told("lambda_import_prefreeze_registered", median(ms("prefreeze_registered")), "ms"),
    told("lambda_import_prefreeze_registered_waiting", waited, "ms"),
    told("lambda_import_prom_client", median(ms("prom_client")), "ms"),
  ];
}
