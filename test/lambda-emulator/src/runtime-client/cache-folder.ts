import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/**
 * The folder for compiled clients, which are kept between runs and never committed. Created if
 * missing.
 */
export async function cacheFolder(): Promise<string> {
  const folder = fileURLToPath(new URL("../../../../.cache/lambda", import.meta.url));
  await mkdir(folder, { recursive: true });
  return folder;
}
