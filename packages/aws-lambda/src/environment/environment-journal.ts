import type { OpenJournal } from "@prefreeze/core/adapter";
import { fileJournal } from "@prefreeze/node";

/**
 * The journal of an execution environment. Its `/tmp` outlives the runtime's process, which a crash or a
 * timeout ends, and the name of its log stream is unique.
 *
 * Sources: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html and, for `/mnt`,
 * https://docs.aws.amazon.com/lambda/latest/api/API_FileSystemConfig.html
 */
export function environmentJournal(env: NodeJS.ProcessEnv): OpenJournal {
  const environment = env["AWS_LAMBDA_LOG_STREAM_NAME"];
  // Without a name, environments cannot be told apart.
  if (!environment) return () => undefined;
  // As `os.tmpdir()` has it: a cold start that does not load that module is shorter.
  const folder = env["TMPDIR"] || env["TMP"] || env["TEMP"] || "/tmp";
  // AWS mounts file systems there, and all environments of the function share them.
  const directory = folder.startsWith("/mnt/") ? "/tmp" : folder;
  return fileJournal({ directory, environment });
}
