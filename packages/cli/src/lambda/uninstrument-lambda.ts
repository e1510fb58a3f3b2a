import type { LambdaChange } from "./change-function.js";
import { changeFunctions, type LambdaChangeOptions } from "./change-functions.js";
import { openControlApis } from "./control-api.js";
import type { FunctionConfiguration } from "./function-configuration.js";
import { parseFunctionName } from "./function-name.js";
import { planUninstrument } from "./plan-uninstrument.js";
import { Refused } from "./refused.js";
import { EXEC_WRAPPER, OUR_WRAPPER, RECORD, type Settings } from "./settings.js";

/**
 * Restores what functions had before `instrumentLambda()`, as `prefreeze lambda uninstrument` does. What somebody has
 * changed since stays. Needs `@aws-sdk/client-lambda`.
 *
 * @returns what became of each function, in the order of `functions`; none of them stops the others
 * @throws WrongInput if an option is wrong, or the AWS SDK is not installed
 * @throws Error if there are no credentials
 */
export async function uninstrumentLambda(options: LambdaChangeOptions): Promise<LambdaChange[]> {
  const targets = Array.from(new Set(options.functions), parseFunctionName);
  const apis = await openControlApis(options);
  try {
    return await changeFunctions(apis, targets, options, planFor);
  } finally {
    apis.close();
  }
}

function planFor({ settings: current, handler = "" }: FunctionConfiguration): {
  settings: Settings;
  notes: readonly string[];
} {
  const isByHand =
    !current.variables.has(RECORD) &&
    (current.variables.get(EXEC_WRAPPER) === OUR_WRAPPER || handler.startsWith("/opt/prefreeze/"));
  if (isByHand) {
    throw new Refused(
      "it was instrumented by hand or by a template, so what was there before is not known: undo it there",
    );
  }
  const { settings, kept } = planUninstrument(current);
  return {
    settings,
    notes: kept.map((name) => `${name} was changed since, and stays as it is`),
  };
}
