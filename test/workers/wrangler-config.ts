import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/** The parts of a `wrangler.jsonc` that the harness uses. Paths are absolute. */
export interface WranglerConfig {
  readonly name?: string;
  readonly main?: string;
  readonly compatibilityDate?: string;
  readonly compatibilityFlags: readonly string[];
  readonly vars: Readonly<Record<string, string>>;
}

/** Reads a `wrangler.jsonc`. Keys that the harness does not use are left out. */
export async function readWranglerConfig(path: string): Promise<WranglerConfig> {
  const text = await readFile(path, "utf8");
  let config: Record<string, unknown>;
  try {
    config = JSON.parse(withoutTrailingCommas(withoutComments(text))) as Record<string, unknown>;
  } catch (error) {
    throw new Error(`${path} is not valid JSON with comments. Correct it.`, { cause: error });
  }
  const { name, main, compatibility_date: compatibilityDate } = config;
  return {
    ...(typeof name === "string" && { name }),
    ...(typeof main === "string" && { main: resolve(dirname(path), main) }),
    ...(typeof compatibilityDate === "string" && { compatibilityDate }),
    compatibilityFlags: (config["compatibility_flags"] as string[] | undefined) ?? [],
    vars: (config["vars"] as Record<string, string> | undefined) ?? {},
  };
}

// Strings are matched first and kept: the "//" of an address in a string is not a comment.
const stringOrComment = /("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[^]*?\*\//g;
const stringOrTrailingComma = /("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g;

function withoutComments(text: string): string {
  return text.replace(stringOrComment, (_match, string?: string) => string ?? "");
}

function withoutTrailingCommas(text: string): string {
  return text.replace(stringOrTrailingComma, (_match, string?: string) => string ?? "");
}
