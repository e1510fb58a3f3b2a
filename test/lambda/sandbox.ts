import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What stays of an environment when its runtime is reset. */
export interface Sandbox {
  readonly logStreamName: string;
  /** The environment's own folder for temporary files. */
  readonly tmpFolder: string;
  /** Removes the folder. */
  remove(): Promise<void>;
}

/** A log stream's name as AWS shapes it, and a folder that stands for `/tmp`. */
export async function createSandbox(): Promise<Sandbox> {
  const date = new Date().toISOString().slice(0, 10).replaceAll("-", "/");
  const tmpFolder = await mkdtemp(join(tmpdir(), "lambda-sandbox-"));
  return {
    logStreamName: `${date}/[$LATEST]${randomBytes(16).toString("hex")}`,
    tmpFolder,
    remove: () => rm(tmpFolder, { recursive: true, force: true }),
  };
}
