import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compileNativeClient } from "./native-client.js";
import { runtimeClientFolder, type RuntimeClient } from "./runtimes.js";

const standIn = fileURLToPath(new URL("rapid-client-stand-in.cjs", import.meta.url));
// RIC 3 is a library. Its own program takes the handler from the command line, as in containers.
const ric3Start = fileURLToPath(new URL("aws-lambda-ric-3.mjs", import.meta.url));

/**
 * Arguments for Node that start the runtime client.
 *
 * @param native with its native addon, which is compiled if it is missing; else with a stand-in for
 *   it
 */
export async function runtimeClientArguments(
  client: RuntimeClient,
  native: boolean,
): Promise<string[]> {
  const folder = native ? await compileNativeClient(client) : await runtimeClientFolder(client);
  const preload = native ? [] : ["--require", standIn];
  return client === "ric-3"
    ? [...preload, ric3Start, join(folder, "dist/index.mjs")]
    : [...preload, join(folder, "index.mjs")];
}
