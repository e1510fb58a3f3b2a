import { execFile } from "node:child_process";
import { strFromU8, unzipSync } from "fflate";
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import type { LambdaOptions } from "@prefreeze/lambda-emulator";
import { nodeBinary } from "@prefreeze/lambda-emulator/runtime-clients";
import { deployUnbundled, type Deployed } from "./deploy.js";

const script = fileURLToPath(new URL("../layer/build.mjs", import.meta.url));
const packages = fileURLToPath(new URL("../../../node_modules", import.meta.url));

/** The layer's zip, as it is published, and its files, as they are in an environment. */
export interface Layer {
  readonly zip: Uint8Array;
  /** The folder that is `/opt` on Lambda. */
  readonly opt: string;
  remove(): Promise<void>;
}

/** Builds the layer's zip, in a process with the given time zone, and unpacks it as Lambda does. */
export async function buildLayer(timeZone = "UTC"): Promise<Layer> {
  const opt = await mkdtemp(join(tmpdir(), "prefreeze-opt-"));
  const file = join(opt, "layer.zip");
  await promisify(execFile)(process.execPath, [script, file], {
    env: { ...process.env, TZ: timeZone },
  });
  const zip = await readFile(file);
  const modes = modesIn(zip);
  for (const [path, contents] of Object.entries(unzipSync(zip))) {
    await mkdir(dirname(join(opt, path)), { recursive: true });
    await writeFile(join(opt, path), contents);
    await chmod(join(opt, path), modes[path] ?? 0);
  }
  return { zip, opt, remove: () => rm(opt, { recursive: true }) };
}

/** Builds the layer for the tests of a file. Call it at the top of the file. */
export function useLayer(): () => Layer {
  let layer: Layer;
  beforeAll(async () => {
    layer = await buildLayer();
  });
  afterAll(() => layer?.remove());
  return () => layer;
}

/** The Unix modes by path. `unzipSync` omits them, so they are read from the zip's central directory. */
function modesIn(zip: Buffer): Record<string, number> {
  const modes: Record<string, number> = {};
  const header = Buffer.from("PK\u0001\u0002");
  for (let offset = zip.indexOf(header); offset !== -1; offset = zip.indexOf(header, offset + 46)) {
    const name = zip.subarray(offset + 46, offset + 46 + zip.readUInt16LE(offset + 28));
    modes[strFromU8(name)] = (zip.readUInt32LE(offset + 38) >>> 16) & 0o777;
  }
  return modes;
}

/** The files of a function that was written without prefreeze, by path. */
export type Code = Readonly<Record<string, string>>;

/** AWS's runtimes, each with its Node version and its generation of AWS's runtime client. */
export const runtimes = [
  { runtime: "nodejs22.x", runtimeClient: "ric-3", node: 22 },
  { runtime: "nodejs24.x", runtimeClient: "ric-4", node: 24 },
] as const;

export interface LayerTest extends Partial<LambdaOptions> {
  readonly node?: 20 | 22 | 24;
}

/** Runs a function without the layer. */
export async function deployBare(
  code: Code,
  handler: string,
  { node = 24, ...options }: LayerTest = {},
): Promise<Deployed> {
  const nodePath = await nodeBinary(node);
  return deployUnbundled(handler, { nodePath, ...options, taskRoot: await writeCode(code) });
}

/** Runs a function with the layer: only the variable that names the layer's wrapper is added. */
export function deployLayered(
  layer: Layer,
  code: Code,
  handler: string,
  options: LayerTest = {},
): Promise<Deployed> {
  const wrapper = join(layer.opt, "prefreeze/wrapper");
  return deployBare(code, handler, {
    ...options,
    env: { ...options.env, AWS_LAMBDA_EXEC_WRAPPER: wrapper },
  });
}

async function writeCode(code: Code): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "prefreeze-layered-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, "node_modules"));
  await symlink(join(packages, "@prefreeze"), join(folder, "node_modules/@prefreeze"), "dir");
  for (const [path, text] of Object.entries(code)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}
