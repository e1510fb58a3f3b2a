/** What names a program. */
export interface ProgramPackage {
  readonly name?: string | undefined;
  readonly version?: string | undefined;
}

/**
 * The package that the program belongs to: the nearest one above its main file; if that is somebody else's tool, the one
 * whose script npm runs.
 */
export function programPackage(env: NodeJS.ProcessEnv): ProgramPackage {
  return (
    packageOf(process.argv[1]) ?? {
      name: env["npm_package_name"],
      version: env["npm_package_version"],
    }
  );
}

function packageOf(main: string | undefined): ProgramPackage | undefined {
  // There is none: code from the command line, or a single executable.
  if (!main) return undefined;
  const path = process.getBuiltinModule("node:path");
  try {
    // A link, such as those of `node_modules/.bin`, is not in its package.
    let folder = path.dirname(process.getBuiltinModule("node:fs").realpathSync(main));
    if (folder.split(path.sep).includes("node_modules")) return undefined;
    for (;;) {
      const found = read(path.join(folder, "package.json"));
      // Those that only say `"type": "module"` have no name.
      if (found?.name) return found;
      const above = path.dirname(folder);
      if (above === folder) return undefined;
      folder = above;
    }
  } catch {
    return undefined;
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
