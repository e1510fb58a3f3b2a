const MARK = "PREFREEZE_RUNTIME_PID";

/**
 * Whether this is the process that runs the function on Lambda. Child processes inherit its environment,
 * its log stream's name included: what they would push, they would push as their parent.
 */
export function isRuntimeProcess(): boolean {
  const { env, pid } = process;
  // Vercel runs functions on Lambda, and has an adapter of its own.
  if (env["AWS_LAMBDA_RUNTIME_API"] === undefined || env["VERCEL"] !== undefined) return false;
  return (env[MARK] ??= String(pid)) === String(pid);
}
