import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { installLane } from "@prefreeze/install-lane";

/**
 * AWS's runtime interface client (RIC). The runtimes nodejs20.x and nodejs22.x have version 3;
 * nodejs24.x and Managed Instances have version 4.
 */
export type RuntimeClient = "ric-3" | "ric-4";

const lane = fileURLToPath(new URL("../../runtimes", import.meta.url));

/** The folder of a runtime client's npm package. */
export async function runtimeClientFolder(client: RuntimeClient): Promise<string> {
  if (client === "ric-3") return join(await laneFolder(), "aws-lambda-ric");
  return dirname(createRequire(import.meta.url).resolve("aws-lambda-ric"));
}

/** The `node_modules` with RIC 3 and the Node binaries. Installs it if it is missing. */
async function laneFolder(): Promise<string> {
  installed ??= installLane(lane);
  await installed;
  return join(lane, "node_modules");
}

let installed: Promise<void> | undefined;

/**
 * The path of a Node binary, for `nodePath`: this process's own if its version matches, else the
 * binary from npm (Linux on x64).
 *
 * @throws {Error} if there is none for this platform
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
