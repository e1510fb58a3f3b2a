import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { startWorker, type Worker, type WorkerOptions } from "../../../test/workers/worker.js";

export const fixture = (name: string): string =>
  fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

/** Runs a fixture in workerd until the end of the test. It pushes to the gateway, unless a binding says otherwise. */
export async function runWorker(
  entry: string,
  { gateway, ...options }: WorkerOptions & { readonly gateway: { readonly url: string } },
): Promise<Worker> {
  const worker = await startWorker({
    nodejsCompat: true,
    entry: fixture(entry),
    ...options,
    bindings: { PUSHGATEWAY_URL: gateway.url, ...options.bindings },
  });
  onTestFinished(() => worker.stop());
  return worker;
}

/** The Worker's warnings so far. */
export const warnings = (worker: Worker): readonly string[] =>
  worker
    .logs()
    .split("\n")
    .filter((line) => line.includes("prefreeze:"));
