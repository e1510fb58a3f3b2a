import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endWithThisProcess } from "../process/end-with-this-process.js";

/**
 * The part of an environment that outlives its runtime: a crash or a timeout resets only the
 * runtime.
 */
export interface Sandbox {
  readonly logStreamName: string;
  /** The environment's own folder for temporary files. */
  readonly tmpFolder: string;
  /** Removes the folder. */
  remove(): Promise<void>;
}

/**
 * Creates a log stream name in AWS's format, and a folder in the place of `/tmp`.
 *
 * @param found a folder whose files are copied into that folder first
 */
export async function createSandbox(found?: string): Promise<Sandbox> {
  const date = new Date().toISOString().slice(0, 10).replaceAll("-", "/");
  const tmpFolder = await mkdtemp(join(tmpdir(), "lambda-sandbox-"));
  if (found !== undefined) await cp(found, tmpFolder, { recursive: true });
  const everything = { recursive: true, force: true } as const;
  const release = endWithThisProcess(() => rmSync(tmpFolder, everything));
  return {
    logStreamName: `${date}/[$LATEST]${randomBytes(16).toString("hex")}`,
    tmpFolder,
    async remove() {
      await rm(tmpFolder, everything);
      release();
    },
  };
}
