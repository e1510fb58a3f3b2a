import { compileNativeClient, compiledNativeClient } from "./native-client.js";
import type { RuntimeClient } from "./runtimes.js";

const inContinuousIntegration = !["", "0", "false"].includes(process.env["CI"] ?? "");

/**
 * A value for `nativeClient`. In CI it is true, and the native client is compiled if it is missing.
 * Elsewhere it is true if the native client is compiled already.
 *
 * @throws {Error} in CI, if it cannot be compiled
 */
export async function nativeWherePossible(client: RuntimeClient): Promise<boolean> {
  if (inContinuousIntegration) {
    await compileNativeClient(client);
    return true;
  }
  if ((await compiledNativeClient(client)) !== undefined) return true;
  console.info(
    `${client} runs with a stand-in for its native addon, which is compiled in CI only.`,
  );
  return false;
}
