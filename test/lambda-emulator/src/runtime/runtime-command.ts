import type { FunctionConfiguration } from "./function-configuration.js";
import type { Command } from "./runtime-process.js";

/**
 * The command with which AWS starts a function's runtime: Node, options that switch features off,
 * and the runtime client. If `AWS_LAMBDA_EXEC_WRAPPER` names a program, that program starts them.
 */
export function runtimeCommand(
  configuration: FunctionConfiguration,
  env: Readonly<Record<string, string>>,
): Command {
  const { node, taskRoot, runtimeArguments } = configuration;
  const userOptions = (env["NODE_OPTIONS"] ?? "").split(/\s+/);
  const disabled = node.disabledFeatures
    .filter(({ enable }) => !userOptions.includes(enable))
    .map(({ disable }) => disable);
  const args = [...disabled, ...runtimeArguments];
  const wrapper = env["AWS_LAMBDA_EXEC_WRAPPER"] ?? "";
  return wrapper === ""
    ? { file: node.path, args, cwd: taskRoot, env }
    : { file: wrapper, args: [node.path, ...args], cwd: taskRoot, env };
}
