import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { exclusively } from "@prefreeze/install-lane/exclusively";
import { buildTools, requireTools } from "./build-tools.js";
import { cacheFolder } from "./cache-folder.js";
import { runtimeClientFolder, type RuntimeClient } from "./runtimes.js";

/**
 * Where a runtime client's package has its native addon: sources, build result, place it is loaded
 * from.
 */
const layout = {
  "ric-3": { gyp: ".", built: "build/Release/rapid-client.node", wanted: "dist" },
  "ric-4": { gyp: "src/native", built: "src/native/build/Release/rapid-client.node", wanted: "." },
} as const;

/** The folder of the runtime client with its native addon, if that is compiled already. */
export async function compiledNativeClient(client: RuntimeClient): Promise<string | undefined> {
  const folder = await compiledFolder(await runtimeClientFolder(client));
  return existsSync(join(folder, layout[client].wanted, "rapid-client.node")) ? folder : undefined;
}

/**
 * Compiles the native addon of a runtime client into the cache, unless it is there. This takes a
 * minute or two. The addon uses Node-API alone, so one build serves all versions of Node.
 *
 * @throws {Error} that names a missing tool, or ends with the compiler's last output
 */
export async function compileNativeClient(client: RuntimeClient): Promise<string> {
  const compiled = await compiledNativeClient(client);
  if (compiled !== undefined) return compiled;
  const packed = await runtimeClientFolder(client);
  const folder = await compiledFolder(packed);
  return exclusively(`${folder}.lock`, async () => {
    if ((await compiledNativeClient(client)) !== undefined) return folder;
    await requireTools(buildTools[client]);
    const building = await mkdtemp(join(await cacheFolder(), "building-"));
    try {
      await cp(packed, building, { recursive: true, dereference: true });
      await compile(client, building, packed);
      const { built, wanted } = layout[client];
      await cp(join(building, built), join(building, wanted, "rapid-client.node"));
      await Promise.all(
        ["deps", "build", "src"].map((part) =>
          rm(join(building, part), { recursive: true, force: true }),
        ),
      );
      await rm(folder, { recursive: true, force: true });
      await rename(building, folder);
    } finally {
      await rm(building, { recursive: true, force: true });
    }
    return folder;
  });
}

async function compiledFolder(packed: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(packed, "package.json"), "utf8"));
  const name = `aws-lambda-ric-${version}-${process.platform}-${process.arch}`;
  return join(await cacheFolder(), name);
}

async function compile(client: RuntimeClient, building: string, packed: string): Promise<void> {
  const require = createRequire(join(packed, "package.json"));
  const env = {
    ...process.env,
    MAKEFLAGS: `-j${availableParallelism()}`,
    DEPS_PREFIX: join(building, "deps/artifacts"),
    // The copy in the cache has no node_modules of its own.
    NODE_PATH: dirname(dirname(require.resolve("node-addon-api/package.json"))),
  };
  await run("sh", ["scripts/preinstall.sh"], building, env);
  const gyp = require.resolve("node-gyp/bin/node-gyp.js");
  const words = [gyp, "rebuild", `--directory=${layout[client].gyp}`, ...headersOfThisNode()];
  await run(process.execPath, words, building, env);
}

/** Without this option node-gyp downloads the headers from nodejs.org. */
function headersOfThisNode(): string[] {
  const folder = dirname(dirname(process.execPath));
  return existsSync(join(folder, "include/node/node_api.h")) ? [`--nodedir=${folder}`] : [];
}

async function run(
  program: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const collect = (text: string) => (output = (output + text).slice(-4_000));
  child.stdout.setEncoding("utf8").on("data", collect);
  child.stderr.setEncoding("utf8").on("data", collect);
  const status = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code ?? signal));
  });
  if (status === 0) return;
  throw new Error(`Compiling AWS's runtime client failed (${program}: ${status}):\n${output}`);
}
