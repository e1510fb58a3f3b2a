import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Deployed } from "../../../aws-lambda/test/deploy.js";
import { type Code, deployBare, type LayerTest } from "../../../aws-lambda/test/layer.js";

/** What a control API or a template says of a function. */
export interface Configured {
  /** Default: `index.handler`. */
  readonly handler?: string;
  /** ARNs with versions, or other names of layers. */
  readonly layers: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * Runs a function in the Lambda emulator, as it is configured: its layers are unpacked in their order
 * into one folder, which is `/opt` on Lambda, and its variables are set.
 *
 * @param unpacked the folder with the contents of each layer, by its ARN or name
 */
export async function runAsConfigured(
  code: Code,
  { handler = "index.handler", layers, variables }: Configured,
  unpacked: Readonly<Record<string, string>>,
  options: LayerTest,
): Promise<Deployed> {
  const opt = await mkdtemp(join(tmpdir(), "prefreeze-opt-"));
  onTestFinished(() => rm(opt, { recursive: true, force: true }));
  for (const layer of layers) {
    const contents = unpacked[layer];
    if (contents === undefined) throw new Error(`nobody has unpacked ${layer}`);
    await cp(contents, opt, { recursive: true });
  }
  // Only root may make /opt, and several tests run at once.
  const env = Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, value.replace(/^\/opt\//, `${opt}/`)]),
  );
  return deployBare(code, handler, { ...options, env });
}
