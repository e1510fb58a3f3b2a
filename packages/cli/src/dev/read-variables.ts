import { readInput } from "../arguments/credentials.js";

/**
 * Reads variables, one a line: `NAME=VALUE`. Empty lines and those that begin with `#` do not count, nor do quotes
 * around a value.
 *
 * @throws WrongInput if the file cannot be read
 */
export function readVariables(path: string | undefined): Record<string, string> {
  const variables: Record<string, string> = Object.create(null) as Record<string, string>;
  if (path === undefined) return variables;
  for (const line of readInput("--env", path).split(/\r?\n/)) {
    const [, name, value = ""] =
      /^\s*(?:export\s+)?([a-zA-Z_]\w*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined) continue;
    const [, , quoted] = /^(["'])(.*)\1$/.exec(value) ?? [];
    variables[name] = quoted ?? value;
  }
  return variables;
}
