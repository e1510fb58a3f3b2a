import { compileNativeClient, compiledNativeClient } from "./native-client.js";
import type { RuntimeClient } from "./runtimes.js";

const inContinuousIntegration = !["", "0", "false"].includes(process.env["CI"] ?? "");

/**
 * For `nativeClient`: true in CI, where the native client is compiled if it is missing; elsewhere
 * only where it is compiled already.
 *
 * @throws {Error} in CI, where it cannot be compiled
 */
export async function nativeWherePossible(client: RuntimeClient): Promise<boolean> {
  if (inContinuousIntegration) {
    await compileNativeClient(client);
    return true;
  }
  if ((await compiledNativeClient(client)) !== undefined) return true;
  console.info(`${client} runs with a stand-in: its native piece is only compiled in CI.`);
  return false;
}
