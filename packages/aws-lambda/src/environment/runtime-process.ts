import { isSupportedNode } from "@prefreeze/node";

const PID_VARIABLE = "PREFREEZE_RUNTIME_PID";

/** Whether this is the process that runs the function on Lambda, on a version of Node that is supported. */
export function isRuntimeProcess(): boolean {
  return !whyNotLambda() && !isChildProcess() && isSupportedNode();
}

/** Why this is no function on Lambda, for the user. @returns undefined on Lambda */
export function whyNotLambda(): string | undefined {
  const { env } = process;
  // Vercel runs functions on Lambda.
  if (env["VERCEL"] !== undefined) return "this is Vercel, whose adapter is @prefreeze/vercel";
  if (env["AWS_LAMBDA_RUNTIME_API"] === undefined)
    return "this is not AWS Lambda, since AWS_LAMBDA_RUNTIME_API is not set";
  return undefined;
}

/**
 * Whether another process with the variables of this one was there first. Child processes inherit the
 * variables of the function, including the name of its log stream, and would push as their parent.
 */
export function isChildProcess(): boolean {
  const { env, pid } = process;
  return (env[PID_VARIABLE] ??= String(pid)) !== String(pid);
}
