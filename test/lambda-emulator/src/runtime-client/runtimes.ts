import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { installLane } from "@prefreeze/test-lanes";

/**
 * AWS's runtime interface client (RIC): version 3 is that of the runtimes nodejs20.x and
 * nodejs22.x, version 4 that of nodejs24.x and of Managed Instances.
 */
export type RuntimeClient = "ric-3" | "ric-4";

const lane = fileURLToPath(new URL("../../runtimes", import.meta.url));

/** The folder of a runtime client's package as npm brings it. */
export async function runtimeClientFolder(client: RuntimeClient): Promise<string> {
  if (client === "ric-3") return join(await laneFolder(), "aws-lambda-ric");
  return dirname(createRequire(import.meta.url).resolve("aws-lambda-ric"));
}

/** The `node_modules` with RIC 3 and the Node binaries, installed where it is missing. */
async function laneFolder(): Promise<string> {
  installed ??= installLane(lane);
  await installed;
  return join(lane, "node_modules");
}

let installed: Promise<void> | undefined;

/**
 * The path of a Node binary, for `nodePath`: this process's own where that is of the version asked
 * for, else the one that npm brings (Linux on x64).
 */
export async function nodeBinary(majorVersion: 20 | 22 | 24): Promise<string> {
  if (process.versions.node.startsWith(`${majorVersion}.`)) return process.execPath;
  const path = join(await laneFolder(), `node-${majorVersion}/bin/node`);
  if (existsSync(path)) return path;
  throw new Error(
    `There is no Node ${majorVersion} for ${process.platform} on ${process.arch} in ` +
      `test/lambda-emulator/runtimes: run the tests with Node ${majorVersion} itself, or on Linux x64.`,
  );
}
