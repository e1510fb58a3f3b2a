import type { OpenJournal } from "@prefreeze/core/adapter";
import { fileJournal } from "@prefreeze/node";

/**
 * The journal of an execution environment: its `/tmp` outlives the runtime's process, which a crash or a
 * timeout ends, and its log stream has a name that no other environment's has.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
export function environmentJournal(env: NodeJS.ProcessEnv): OpenJournal {
  const environment = env["AWS_LAMBDA_LOG_STREAM_NAME"];
  // Where it has no name, nobody can tell it from another one.
  if (!environment) return () => undefined;
  return fileJournal({ directory: process.getBuiltinModule("node:os").tmpdir(), environment });
}
