const PID_VARIABLE = "PREFREEZE_RUNTIME_PID";

/**
 * Whether this is the process that runs the function on Lambda. Child processes inherit its variables,
 * including the name of its log stream, and would push as their parent.
 */
export function isRuntimeProcess(): boolean {
  const { env, pid } = process;
  // Vercel runs functions on Lambda, and has its own adapter.
  if (env["AWS_LAMBDA_RUNTIME_API"] === undefined || env["VERCEL"] !== undefined) return false;
  return (env[PID_VARIABLE] ??= String(pid)) === String(pid);
}
