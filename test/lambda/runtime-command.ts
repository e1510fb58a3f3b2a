import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { FunctionConfiguration } from "./function-configuration.js";
import type { Command } from "./runtime-process.js";

const runtimeClient = createRequire(import.meta.url).resolve("aws-lambda-ric");
const standIn = fileURLToPath(new URL("rapid-client-stand-in.cjs", import.meta.url));

/** How AWS starts the runtime of a function: Node, the features it switches off, the runtime client. */
export function runtimeCommand(
  configuration: FunctionConfiguration,
  env: Readonly<Record<string, string>>,
): Command {
  const { node, taskRoot } = configuration;
  const userOptions = (env["NODE_OPTIONS"] ?? "").split(/\s+/);
  const disabled = node.disabledFeatures
    .filter(({ enable }) => !userOptions.includes(enable))
    .map(({ disable }) => disable);
  const args = [...disabled, "--require", standIn, runtimeClient];
  return { file: node.path, args, cwd: taskRoot, env };
}
