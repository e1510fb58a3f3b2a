import { execFile, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { packageFolders, root } from "./packages.js";

type Env = Readonly<Record<string, string>>;

interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/** A copy of the repository that a test may change. It has no tests, and nothing is built in it. */
export interface RepositoryCopy {
  readonly folder: string;
  read(path: string): Promise<string>;
  write(path: string, text: string): Promise<void>;
  /** @throws Error with `stdout` and `stderr` if the script fails */
  run(script: string, ...words: readonly string[]): Promise<Output>;
  /** The same, with further environment variables. */
  runWith(env: Env, script: string, ...words: readonly string[]): Promise<Output>;
  remove(): Promise<void>;
}

/** npm needs the manifests of all workspaces, and the build the Lambda emulator, so they are copied. */
function isTest(file: string): boolean {
  if (file.startsWith("test/lambda-emulator/src/")) return false;
  return /^(packages\/[^/]+\/)?test\//.test(file) && basename(file) !== "package.json";
}

/** Copies all files that git does not ignore, and links installed packages. Our own packages are those of the copy. */
export async function copyRepository(): Promise<RepositoryCopy> {
  const folder = await mkdtemp(join(tmpdir(), "prefreeze-copy-"));
  const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  });
  for (const file of files.split("\n")) {
    if (file === "" || isTest(file) || !existsSync(join(root, file))) continue;
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await cp(join(root, file), join(folder, file));
  }
  await mkdir(join(folder, "node_modules/@prefreeze"), { recursive: true });
  for (const name of await readdir(join(root, "node_modules"))) {
    if (name !== "@prefreeze") await link(`node_modules/${name}`);
  }
  for (const name of packageFolders.map((path) => basename(path))) {
    await symlink(join(folder, "packages", name), join(folder, "node_modules/@prefreeze", name));
    await link(`packages/${name}/node_modules`);
  }

  async function link(path: string): Promise<void> {
    if (existsSync(join(root, path))) await symlink(join(root, path), join(folder, path));
  }

  function runWith(env: Env, script: string, ...words: readonly string[]): Promise<Output> {
    return promisify(execFile)("npm", ["run", script, "--", ...words], {
      cwd: folder,
      env: { ...process.env, ...env },
      maxBuffer: 10_000_000,
    });
  }

  return {
    folder,
    read: (path) => readFile(join(folder, path), "utf8"),
    write: (path, text) => writeFile(join(folder, path), text),
    run: (script, ...words) => runWith({}, script, ...words),
    runWith,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
