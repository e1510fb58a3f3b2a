import { changeFunction, type FunctionWork, type LambdaChange } from "./change-function.js";
import type { ControlApis, LambdaAccess } from "./control-api.js";
import type { FunctionName } from "./function-name.js";
import { inParallel } from "./in-parallel.js";

/** Options of `instrumentLambda()` and `uninstrumentLambda()`. */
export interface LambdaChangeOptions extends LambdaAccess {
  /** Names, partial ARNs or ARNs of functions. */
  readonly functions: readonly string[];
  /** Only tells what would change. Default: false. */
  readonly dryRun?: boolean;
  /** Publishes a version of each function. Default: false, unless there is an `alias`. */
  readonly publish?: boolean;
  /** Publishes a version of each function, and points the alias of this name to it. Default: none. */
  readonly alias?: string;
  /** The longest time for one function, in milliseconds: at least 1. Default: 120,000. */
  readonly waitMs?: number;
}

/** How many functions are looked at or changed at once. */
export const AT_ONCE = 4;

/** How much longer a request may take that is under way when the time for a function ends. */
const GRACE_MS = 1000;

/** Changes functions, a few at a time. None of them stops the others. */
export function changeFunctions(
  apis: ControlApis,
  targets: readonly FunctionName[],
  options: LambdaChangeOptions,
  plan: FunctionWork["plan"],
): Promise<LambdaChange[]> {
  const { publish = false, alias, dryRun = false, waitMs = 120_000 } = options;
  return inParallel(targets, AT_ONCE, (target) =>
    changeFunction(apis.of(target.region, AbortSignal.timeout(waitMs + GRACE_MS)), target, {
      plan,
      publish,
      alias,
      dryRun,
      waitMs,
    }),
  );
}
