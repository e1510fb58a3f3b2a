import { WrongInput } from "../arguments/wrong-input.js";
import { AT_ONCE } from "./change-functions.js";
import { type ControlApi, type LambdaAccess, openControlApis } from "./control-api.js";
import { explainError, NoAccess, RequestFailed } from "./explain-error.js";
import { type FunctionConfiguration, whyNot } from "./function-configuration.js";
import { type FunctionName, parseFunctionName } from "./function-name.js";
import { inParallel } from "./in-parallel.js";
import { parseLayerArn, withoutVersion } from "./layer-arn.js";
import { withoutCredentials } from "./masked.js";
import { readRecord } from "./record.js";
import { Refused } from "./refused.js";
import { EXEC_WRAPPER, OTHER_WRAPPER, OUR_WRAPPER, RECORD } from "./settings.js";

/** Options of `lambdaStatus()`. */
export interface LambdaStatusOptions extends LambdaAccess {
  /** Names, partial ARNs or ARNs of functions, each with or without a version or an alias. Default: none, so that `all` is needed. */
  readonly functions?: readonly string[];
  /** All functions of the region. Default: false. */
  readonly all?: boolean;
  /** The version or alias to look at, of functions that name none. Default: `$LATEST`. */
  readonly qualifier?: string;
}

/** What a function has of prefreeze. */
export interface LambdaStatus {
  /** As it was given, or its name. */
  readonly function: string;
  /** Undefined if it could not be read; `reason` says why. */
  readonly arn: string | undefined;
  /** The version that was looked at. */
  readonly version: string | undefined;
  /** Such as `nodejs24.x`. */
  readonly runtime: string | undefined;
  /**
   * `by hand`: the layer is on, but `uninstrumentLambda()` has no record of what was there before. `broken`: the
   * function cannot start, or runs without metrics; `reason` says why.
   */
  readonly instrumented: "yes" | "by hand" | "no" | "broken" | "unknown";
  /** ARN of the layer, with its version; undefined if it is not attached, or not known to be ours. */
  readonly layer: string | undefined;
  /** The wrapper of another layer that ours starts first. */
  readonly otherWrapper: string | undefined;
  /** Where it pushes to, without credentials; undefined if nothing says so. */
  readonly pushgateway: string | undefined;
  /** When it pushes; undefined if it is not instrumented. */
  readonly mode:
    | "after the response"
    | "every few seconds"
    | "recording only"
    | "disabled"
    | undefined;
  /** `Successful`, `InProgress` or `Failed`; undefined if it is not told. */
  readonly updateStatus: string | undefined;
  /** Why it is broken, cannot be read, or why the layer cannot instrument it. */
  readonly reason: string | undefined;
}

/**
 * Tells which functions the layer instruments, as `prefreeze lambda status` does. Changes nothing. Needs
 * `@aws-sdk/client-lambda`.
 *
 * @returns one status a function, in the order of `functions`, or of their names with `all`
 * @throws WrongInput if an option is wrong, or the AWS SDK is not installed
 * @throws Error if there are no credentials, or functions cannot be listed
 */
export async function lambdaStatus(options: LambdaStatusOptions): Promise<LambdaStatus[]> {
  const { functions = [], all = false, qualifier } = options;
  if (all === functions.length > 0) {
    throw new WrongInput("name functions, or give --all for all functions of the region");
  }
  const targets = functions.map(parseFunctionName);
  const apis = await openControlApis(options);
  try {
    if (all) return await statusOfAll(apis.of(undefined));
    return await inParallel(targets, AT_ONCE, (target) =>
      statusOfOne(apis.of(target.region), target, target.qualifier ?? qualifier),
    );
  } finally {
    apis.close();
  }
}

async function statusOfAll(api: ControlApi): Promise<LambdaStatus[]> {
  const found: FunctionConfiguration[] = [];
  try {
    for await (const each of api.functions()) found.push(each);
  } catch (error) {
    if (!(error instanceof RequestFailed)) throw error;
    throw new Error(explainError(error, "the functions of this region"), { cause: error });
  }
  found.sort((a, b) => (a.name < b.name ? -1 : 1));
  return await inParallel(found, AT_ONCE, async (listed) => {
    const status = statusOf(listed.name, listed);
    if (status.instrumented === "no") return status;
    // Lists do not tell how the last update ended.
    return await statusOfOne(api, parseFunctionName(listed.arn), undefined, listed.name);
  });
}

async function statusOfOne(
  api: ControlApi,
  target: FunctionName,
  qualifier: string | undefined,
  shownAs = target.given,
): Promise<LambdaStatus> {
  try {
    return statusOf(shownAs, await api.configuration(target.name, qualifier));
  } catch (error) {
    if (error instanceof NoAccess) throw error;
    if (!(error instanceof RequestFailed)) throw error;
    return {
      function: shownAs,
      arn: undefined,
      version: undefined,
      runtime: undefined,
      instrumented: "unknown",
      layer: undefined,
      otherWrapper: undefined,
      pushgateway: undefined,
      mode: undefined,
      updateStatus: undefined,
      reason: explainError(error, shownAs),
    };
  }
}

function statusOf(shownAs: string, configuration: FunctionConfiguration): LambdaStatus {
  const { settings, handler = "", variablesError, updateStatus, updateReason } = configuration;
  const { variables } = settings;
  const gateway = variables.get("PUSHGATEWAY_URL") || undefined;
  const isWrapped = variables.get(EXEC_WRAPPER) === OUR_WRAPPER;
  const isOn = isWrapped || handler.startsWith("/opt/prefreeze/");
  const record = recordIn(configuration);
  const layer = settings.layers.find(
    (arn) =>
      (record !== "damaged" && withoutVersion(arn) === record?.layer?.layer) ||
      parseLayerArn(arn)?.name === "prefreeze",
  );
  const common = {
    function: shownAs,
    arn: configuration.arn,
    version: configuration.version,
    runtime: configuration.runtime,
    layer,
    otherWrapper: (isWrapped && variables.get(OTHER_WRAPPER)) || undefined,
    pushgateway: gateway && withoutCredentials(gateway),
    updateStatus,
  };
  if (variablesError !== undefined) {
    return {
      ...common,
      instrumented: "unknown",
      mode: undefined,
      reason: `its variables cannot be read (${variablesError}): allow kms:Decrypt with its key`,
    };
  }
  const why =
    updateStatus === "Failed"
      ? `its last update failed (${updateReason ?? "no reason given"})`
      : isOn && settings.layers.length === 0
        ? "its variables start the layer, which is not attached, so it cannot start: run prefreeze lambda instrument again"
        : record === "damaged"
          ? `its variable ${RECORD} is damaged, so uninstrument cannot restore it`
          : !isOn && record !== undefined
            ? `${EXEC_WRAPPER} was changed since, so the layer is not used: run prefreeze lambda instrument again, or uninstrument`
            : undefined;
  if (why !== undefined && (isOn || record !== undefined)) {
    return { ...common, instrumented: "broken", mode: undefined, reason: why };
  }
  if (!isOn) {
    return {
      ...common,
      instrumented: "no",
      mode: undefined,
      reason: why ?? whyNot(configuration) ?? (gateway && IN_CODE),
    };
  }
  return {
    ...common,
    instrumented: record === undefined ? "by hand" : "yes",
    mode: modeOf(configuration, gateway),
    reason: undefined,
  };
}

const IN_CODE =
  "it names a gateway, so it may push by its own code: look for @prefreeze/aws-lambda";

function recordIn({ settings }: FunctionConfiguration): ReturnType<typeof readRecord> | "damaged" {
  try {
    return readRecord(settings.variables.get(RECORD));
  } catch (error) {
    if (error instanceof Refused) return "damaged";
    throw error;
  }
}

function modeOf(
  { settings, isManagedInstances }: FunctionConfiguration,
  gateway: string | undefined,
): LambdaStatus["mode"] {
  const disabled = settings.variables.get("PREFREEZE_DISABLED")?.trim() ?? "";
  if (/^(?:1|true)$/i.test(disabled)) return "disabled";
  if (gateway === undefined) return "recording only";
  return isManagedInstances ? "every few seconds" : "after the response";
}
