import { WrongInput } from "../arguments/wrong-input.js";
import type { LambdaChange } from "./change-function.js";
import { changeFunctions, type LambdaChangeOptions } from "./change-functions.js";
import { type ControlApis, openControlApis } from "./control-api.js";
import { explainError, RequestFailed } from "./explain-error.js";
import { type FunctionConfiguration, whyNot } from "./function-configuration.js";
import { parseFunctionName } from "./function-name.js";
import { type LayerArn, parseLayerArn } from "./layer-arn.js";
import { planInstrument } from "./plan-instrument.js";
import { checkVariables } from "./read-variables.js";
import { Refused } from "./refused.js";
import type { Settings } from "./settings.js";

/** Options of `instrumentLambda()`. */
export interface InstrumentLambdaOptions extends LambdaChangeOptions {
  /** ARN of the layer, with a version or, for the newest, without. */
  readonly layer: string;
  /** Variables to set, such as `PUSHGATEWAY_URL`. Default: none, for functions that have them. */
  readonly variables?: Readonly<Record<string, string>>;
}

/**
 * Attaches the layer of `@prefreeze/aws-lambda` to functions and sets their variables, as `prefreeze lambda instrument`
 * does. Everything else of a function stays, and `uninstrumentLambda()` restores what was there. Needs
 * `@aws-sdk/client-lambda`.
 *
 * @returns what became of each function, in the order of `functions`; none of them stops the others
 * @throws WrongInput if an option is wrong, or the AWS SDK is not installed
 * @throws Error if there are no credentials, or the layer is not found
 */
export async function instrumentLambda(options: InstrumentLambdaOptions): Promise<LambdaChange[]> {
  const targets = Array.from(new Set(options.functions), parseFunctionName);
  const layer = parseLayerArn(options.layer);
  if (layer === undefined) {
    throw new WrongInput(
      "--layer is not the ARN of a layer: give it as in arn:aws:lambda:eu-central-1:123456789012:layer:prefreeze, with :3 at its end for a version",
    );
  }
  const variables = new Map(Object.entries(options.variables ?? {}));
  checkVariables(variables);
  const apis = await openControlApis({ ...options, region: options.region ?? layer.region });
  try {
    const wanted = { layer: await withVersion(apis, layer), variables };
    return await changeFunctions(apis, targets, options, (configuration) =>
      planFor(configuration, layer, wanted),
    );
  } finally {
    apis.close();
  }
}

/** @throws Error if the layer has no version, or its versions may not be listed */
async function withVersion(apis: ControlApis, layer: LayerArn): Promise<string> {
  if (layer.version !== undefined) return `${layer.layer}:${layer.version}`;
  const newest = await apis
    .of(layer.region)
    .newestLayerVersion(layer.layer)
    .catch((error: unknown) => {
      throw error instanceof RequestFailed
        ? new Error(`${explainError(error, layer.layer)}; or give --layer with a version`)
        : error;
    });
  if (newest === undefined) {
    throw new Error(
      `layer ${layer.layer} has no version: publish it first, as the guide of @prefreeze/aws-lambda says`,
    );
  }
  return newest;
}

function planFor(
  configuration: FunctionConfiguration,
  layer: LayerArn,
  wanted: { readonly layer: string; readonly variables: ReadonlyMap<string, string> },
): { settings: Settings; notes: readonly string[] } {
  const reason = whyNot(configuration);
  if (reason !== undefined) throw new Refused(reason);
  if (configuration.region !== layer.region) {
    throw new Refused(
      `it is in ${configuration.region} and the layer in ${layer.region}: publish the layer in its region`,
    );
  }
  const settings = planInstrument(configuration.settings, wanted);
  const gateway = settings.variables.get("PUSHGATEWAY_URL");
  if (!gateway) throw new Refused("nothing says where it is to push: give --pushgateway URL");
  const notes: string[] = [];
  if (/^(?:\w+:\/\/)?(?:[^@/]*@)?(?:localhost|127\.|\[::1\])/.test(gateway)) {
    notes.push(
      "PUSHGATEWAY_URL is an address of the function's own environment, where no gateway is",
    );
  }
  const { variables } = settings;
  if (variables.get("PUSHGATEWAY_BEARER_TOKEN") && variables.get("PUSHGATEWAY_PASSWORD")) {
    notes.push("it has a bearer token and a password: the token is sent");
  }
  return { settings, notes };
}
