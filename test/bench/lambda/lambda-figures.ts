import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { installLane } from "@prefreeze/install-lane";
import type { RuntimeClient } from "@prefreeze/lambda-emulator/runtime-clients";
import type { BenchFigure } from "../figure.js";
import { type LambdaRun, startFunction } from "./bench-function.js";
import { bundleFunctions, PEERS } from "./bundle-functions.js";
import { cpuFigures } from "./cpu-figures.js";
import { findNativeClient } from "./find-native-client.js";
import type { CpuReport } from "./functions/cpu-report.js";
import { startGateway } from "./gateway-process.js";
import { importFigures } from "./import-figures.js";
import { latencyFigures } from "./latency-figures.js";

const GATEWAY_MS = 20;

/**
 * Figures of functions on an emulated AWS Lambda, with AWS's own runtime client. It is compiled if it is
 * missing; a quick run uses a stand-in for its native part.
 *
 * @param say prints which runtime client runs the functions
 */
export async function* lambdaFigures(
  runtimeClient: RuntimeClient,
  quick: boolean,
  say: (line: string) => void,
): AsyncGenerator<readonly BenchFigure[]> {
  const nativeClient = await findNativeClient(runtimeClient, quick, say);
  await installLane(PEERS);

  const folder = await bundleFunctions();
  const run: LambdaRun = { folder, runtimeClient, nativeClient, quick };
  const slow = await startGateway(folder, GATEWAY_MS);
  const fast = await startGateway(folder, 0);
  try {
    const SNAPSHOT_FILE = join(folder, "snapshot.txt");
    const env = { PUSHGATEWAY_URL: fast.url, SNAPSHOT_FILE };
    await pushSome(run, env);
    await writeFile(SNAPSHOT_FILE, await fast.lastBody());

    yield await latencyFigures(run, { ...env, PUSHGATEWAY_URL: slow.url });
    yield await importFigures(run, env);
    yield await cpuFigures(run, env);
  } finally {
    slow.stop();
    fast.stop();
    await rm(folder, { recursive: true });
  }
}

/** Pushes until the gateway has a snapshot with all series, and with numbers of several digits. */
async function pushSome(run: LambdaRun, env: Record<string, string>): Promise<void> {
  const started = await startFunction<CpuReport>(run, "before-returning", env);
  try {
    for (let count = 0; count < 20; count++) await started.invoke();
  } finally {
    await started.stop();
  }
}
