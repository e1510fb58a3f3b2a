import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** The folder for what is made once and kept: made where it is missing, and never committed. */
export async function cacheFolder(): Promise<string> {
  const folder = fileURLToPath(new URL("../../../../.cache/lambda", import.meta.url));
  await mkdir(folder, { recursive: true });
  return folder;
}
