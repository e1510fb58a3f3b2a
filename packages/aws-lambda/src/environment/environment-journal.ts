import type { OpenJournal } from "@prefreeze/core/adapter";
import { fileJournal } from "@prefreeze/node";

/**
 * The journal of an execution environment. Its `/tmp` outlives the runtime's process, which a crash or a
 * timeout ends, and the name of its log stream is unique.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
export function environmentJournal(env: NodeJS.ProcessEnv): OpenJournal {
  const environment = env["AWS_LAMBDA_LOG_STREAM_NAME"];
  // Without a name, environments cannot be told apart.
  if (!environment) return () => undefined;
  // As `os.tmpdir()` has it: a cold start that does not load that module is shorter.
  const directory = env["TMPDIR"] || env["TMP"] || env["TEMP"] || "/tmp";
  return fileJournal({ directory, environment });
}
