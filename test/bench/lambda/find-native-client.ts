import { compiledNativeClient, compileNativeClient } from "../../lambda/native-client.js";
import type { RuntimeClient } from "../../lambda/runtimes.js";

/**
 * Whether the runtime client has its native piece, which is compiled where it is missing; in a quick run a
 * stand-in serves.
 *
 * @param say told what runs the functions
 */
export async function findNativeClient(
  runtimeClient: RuntimeClient,
  quick: boolean,
  say: (line: string) => void,
): Promise<boolean> {
  if (!quick) await compileNativeClient(runtimeClient);
  const found = (await compiledNativeClient(runtimeClient)) !== undefined;
  const piece = found ? "with its native piece" : "with a stand-in for its native piece";
  say(`AWS Lambda: ${runtimeClient} ${piece} on Node ${process.versions.node}`);
  return found;
}
