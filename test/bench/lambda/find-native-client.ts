import {
  compiledNativeClient,
  compileNativeClient,
  type RuntimeClient,
} from "@prefreeze/lambda-emulator/runtime-clients";

/**
 * Whether the runtime client has its native part, which is compiled if it is missing. A quick run uses a
 * stand-in.
 *
 * @param say prints which runtime client runs the functions
 */
export async function findNativeClient(
  runtimeClient: RuntimeClient,
  quick: boolean,
  say: (line: string) => void,
): Promise<boolean> {
  if (!quick) await compileNativeClient(runtimeClient);
  const found = (await compiledNativeClient(runtimeClient)) !== undefined;
  const part = found ? "with its native part" : "with a stand-in for its native part";
  say(`AWS Lambda: ${runtimeClient} ${part} on Node ${process.versions.node}`);
  return found;
}
