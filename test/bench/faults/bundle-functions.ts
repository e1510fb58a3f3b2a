import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PEERS } from "../lambda/bundle-functions.js";
import { bundleModules } from "../lambda/bundle-modules.js";

/** The lane of Datadog's wrapper. */
export const DATADOG = fileURLToPath(new URL("datadog", import.meta.url));

/** Bundles the gateways and all functions into a new temporary folder, as functions are deployed. */
export async function bundleFunctions(): Promise<string> {
  const outdir = await mkdtemp(join(tmpdir(), "prefreeze-bench-"));
  const functions = [
    "bare",
    "bare-registered",
    "after-response",
    "before-returning",
    "prom-client",
  ];
  await bundleModules(
    [
      ...functions.map((name) => `functions/${name}.ts`),
      join(PEERS, "opentelemetry-push.mjs"),
      join(PEERS, "sentry-flush.mjs"),
      join(DATADOG, "datadog-flush.mjs"),
      fileURLToPath(new URL("functions/waiting.ts", import.meta.url)),
      fileURLToPath(new URL("gateways.ts", import.meta.url)),
    ],
    outdir,
    // Datadog needs these only for tracing and for API keys that are kept in AWS.
    { external: ["dd-trace", "@aws-sdk/*"] },
  );
  return outdir;
}
