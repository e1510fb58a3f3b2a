/** What names a program. */
export interface ProgramPackage {
  readonly name?: string | undefined;
  readonly version?: string | undefined;
}

/**
 * The package that the program belongs to: the one whose script npm runs, or the nearest one above the program's
 * main file.
 */
export function programPackage(env: NodeJS.ProcessEnv): ProgramPackage {
  if (env["npm_package_name"])
    return { name: env["npm_package_name"], version: env["npm_package_version"] };
  const fs = process.getBuiltinModule("node:fs");
  const path = process.getBuiltinModule("node:path");
  try {
    // A link, such as those of `node_modules/.bin`, is not where the package is.
    let folder = path.dirname(fs.realpathSync(process.argv[1]!));
    for (;;) {
      const found = read(path.join(folder, "package.json"));
      // Those that only say `"type": "module"` have no name.
      if (found?.name) return found;
      const above = path.dirname(folder);
      if (above === folder) return {};
      folder = above;
    }
  } catch {
    // There is no main file: code from the command line, or a single executable.
    return {};
  }
}

function read(file: string): ProgramPackage | undefined {
  try {
    const text = process.getBuiltinModule("node:fs").readFileSync(file, "utf8");
    const { name, version } = Object(JSON.parse(text)) as Record<string, unknown>;
    return {
      name: typeof name === "string" ? name : undefined,
      version: typeof version === "string" ? version : undefined,
    };
  } catch {
    return undefined;
  }
}
