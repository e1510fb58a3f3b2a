import { setTimeout as sleep } from "node:timers/promises";
import { changesBetween, type SettingsChange } from "./changes.js";
import type { Alias, ControlApi } from "./control-api.js";
import { explainError, isBusy, isOutdated, NoAccess, RequestFailed } from "./explain-error.js";
import { demandReadable, type FunctionConfiguration } from "./function-configuration.js";
import type { FunctionName } from "./function-name.js";
import { planUninstrument } from "./plan-uninstrument.js";
import { Refused } from "./refused.js";
import {
  equalSettings,
  MAX_LAYERS,
  MAX_VARIABLES_BYTES,
  type Settings,
  variablesBytes,
} from "./settings.js";

/** What became of one function. */
export interface LambdaChange {
  /** As it was given. */
  readonly function: string;
  /** Undefined if the function was not found. */
  readonly arn: string | undefined;
  /**
   * `refused`: nothing was changed, for the reason given. `failed`: a request failed, after which something may be
   * changed already; the same command again does the rest.
   */
  readonly outcome: "changed" | "would change" | "unchanged" | "refused" | "failed";
  /** Why it was refused or failed, and what to do. */
  readonly reason: string | undefined;
  /** What is changed, or would be; undefined if nothing is. */
  readonly change: SettingsChange | undefined;
  /** The version that was published, if one was. */
  readonly version: string | undefined;
  /** What else one should know. */
  readonly notes: readonly string[];
}

/** What is to be done to each function. */
export interface FunctionWork {
  /** @throws Refused if a function cannot or should not be changed */
  plan(configuration: FunctionConfiguration): { settings: Settings; notes: readonly string[] };
  readonly publish: boolean;
  /** The alias to point to the published version. */
  readonly alias: string | undefined;
  readonly dryRun: boolean;
  /** The longest time for one function. */
  readonly waitMs: number;
}

/** Collects what is told of a function, whatever happens to it. */
interface Told {
  arn?: string;
  change?: SettingsChange;
  version?: string;
  isChanged: boolean;
  readonly notes: string[];
}

/**
 * Changes one function.
 *
 * @throws NoAccess if no function can be changed
 */
export async function changeFunction(
  api: ControlApi,
  target: FunctionName,
  work: FunctionWork,
): Promise<LambdaChange> {
  const told: Told = { isChanged: false, notes: [] };
  let outcome: LambdaChange["outcome"];
  let reason: string | undefined;
  try {
    await change(api, target, work, told);
    outcome = told.isChanged ? (work.dryRun ? "would change" : "changed") : "unchanged";
  } catch (error) {
    if (error instanceof NoAccess) throw error;
    outcome = error instanceof Refused ? "refused" : "failed";
    reason =
      error instanceof RequestFailed
        ? explainError(error, target.given)
        : error instanceof Error
          ? error.message
          : String(error);
  }
  const { arn, version, notes } = told;
  return {
    function: target.given,
    arn,
    outcome,
    reason,
    change: told.change,
    version,
    notes: Array.from(new Set(notes)),
  };
}

async function change(
  api: ControlApi,
  target: FunctionName,
  work: FunctionWork,
  told: Told,
): Promise<void> {
  const { name, qualifier } = target;
  if (qualifier !== undefined && qualifier !== "$LATEST") {
    throw new Refused(
      `a published version cannot be changed: name the function without :${qualifier}; with --alias NAME, a version is published and the alias points to it`,
    );
  }
  const deadlineMs = performance.now() + work.waitMs;
  const first = await settled(api, name, undefined, deadlineMs);
  told.arn = first.arn;
  const release = work.alias === undefined ? undefined : await findAlias(api, first, work.alias);
  const latest = await changeLatest(api, name, first, work, told, deadlineMs);
  if (told.change !== undefined) await tellWhatElse(api, first, work, told);
  if (!work.publish && release === undefined) return;

  if (release !== undefined && equalSettings(release.settings, latest.settings)) return;
  told.isChanged ||= release !== undefined;
  for (const [version, weight] of Object.entries(release?.alias.otherVersions ?? {})) {
    const percent = Math.round(weight * 1000) / 10;
    told.notes.push(
      `alias ${work.alias} sends ${percent} % of its calls to version ${version}, which stays as it is`,
    );
  }
  if (work.dryRun) {
    told.notes.push(
      release === undefined
        ? "a version would be published"
        : `a version would be published, and alias ${work.alias} would point to it in place of version ${release.alias.version}`,
    );
    return;
  }
  told.version = await api.publish(name, latest.revisionId);
  if (release === undefined) return;
  await settled(api, name, told.version, deadlineMs);
  await api.pointAlias(name, release.alias, told.version);
  told.notes.push(
    `alias ${work.alias} points to version ${told.version} in place of version ${release.alias.version}`,
  );
}

/** @returns the configuration of `$LATEST` afterwards; in a dry run, as it would be */
async function changeLatest(
  api: ControlApi,
  name: string,
  first: FunctionConfiguration,
  work: FunctionWork,
  told: Told,
  deadlineMs: number,
): Promise<FunctionConfiguration> {
  let configuration = first;
  for (let attempt = 0; ; attempt += 1) {
    demandReadable(configuration);
    const { settings, notes } = work.plan(configuration);
    told.notes.push(...notes);
    if (equalSettings(configuration.settings, settings)) return configuration;
    demandLimits(settings);
    told.change ??= changesBetween(configuration.settings, settings);
    told.isChanged = true;
    if (work.dryRun) return { ...configuration, settings };
    try {
      await api.update(name, settings, configuration.revisionId);
    } catch (error) {
      // Somebody else changes it, too; or an earlier attempt of this request arrived, but its answer did not.
      const isLost = isOutdated(error) || isBusy(error);
      if (!isLost || performance.now() > deadlineMs) throw error;
      await sleep(pauseMs(attempt));
      configuration = await settled(api, name, undefined, deadlineMs);
      continue;
    }
    const updated = await settled(api, name, undefined, deadlineMs);
    if (updated.updateStatus !== "Failed") return updated;
    throw new Error(
      `Lambda could not apply the change (${updated.updateReason ?? "no reason given"}): mend that and run it again, or run prefreeze lambda uninstrument`,
    );
  }
}

interface Release {
  readonly alias: Alias;
  /** Those of the version to which the alias points. */
  readonly settings: Settings;
}

/**
 * Finds the alias that is to point to a new version. Publishing must not release anything but what we change.
 *
 * @throws Refused if the alias does not exist, or its version differs from `$LATEST` in more than that
 */
async function findAlias(
  api: ControlApi,
  latest: FunctionConfiguration,
  name: string,
): Promise<Release> {
  const alias = await api.alias(latest.arn, name);
  if (alias === undefined) throw new Refused(`it has no alias ${name}: create it first`);
  const version = await api.configuration(latest.arn, alias.version);
  demandReadable(version);
  demandReadable(latest);
  const differences = Array.from(latest.others)
    .filter(([property, value]) => version.others.get(property) !== value)
    .map(([property]) => property);
  const bare = planUninstrument(version.settings).settings;
  const bareLatest = planUninstrument(latest.settings).settings;
  if (bare.layers.join() !== bareLatest.layers.join()) differences.push("layers");
  if (!equalSettings({ ...bare, layers: [] }, { ...bareLatest, layers: [] })) {
    differences.push("variables");
  }
  if (differences.length > 0) {
    throw new Refused(
      `alias ${name} points to version ${alias.version}, from which $LATEST differs (${differences.join(", ")}): publishing would release that, too. Release it as you always do, and run this again`,
    );
  }
  return { alias, settings: version.settings };
}

/** What is good to know, as far as these credentials may ask. */
async function tellWhatElse(
  api: ControlApi,
  { arn }: FunctionConfiguration,
  work: FunctionWork,
  told: Told,
): Promise<void> {
  const tags = await api.tags(arn).catch(orNothing);
  const stack = tags?.["aws:cloudformation:stack-name"];
  if (stack !== undefined) {
    told.notes.push(
      `it belongs to the CloudFormation stack ${stack}, whose next deployment may undo this in part: put it into the template`,
    );
  }
  if (work.alias !== undefined) return;
  const aliases = ((await api.aliases(arn).catch(orNothing)) ?? []).filter(
    ({ version }) => version !== "$LATEST",
  );
  if (aliases.length > 0) {
    told.notes.push(
      `published versions stay as they are, so calls of ${aliases.map(({ name }) => name).join(", ")} do: give --alias NAME to release the change`,
    );
  }
}

function orNothing(error: unknown): undefined {
  if (error instanceof RequestFailed) return undefined;
  throw error;
}

/** @throws Refused if Lambda would not take them */
function demandLimits({ layers, variables }: Settings): void {
  if (layers.length > MAX_LAYERS) {
    throw new Refused(
      `it has ${layers.length - 1} layers already, and Lambda allows ${MAX_LAYERS}: remove one, or use @prefreeze/aws-lambda in its code`,
    );
  }
  const bytes = variablesBytes(variables);
  if (bytes > MAX_VARIABLES_BYTES) {
    throw new Refused(
      `its variables would take ${bytes} bytes, and Lambda allows ${MAX_VARIABLES_BYTES}: shorten or remove some`,
    );
  }
}

/**
 * Reads a function, or a version of it, once no update of it is under way.
 *
 * @throws Error if that takes too long
 */
async function settled(
  api: ControlApi,
  name: string,
  version: string | undefined,
  deadlineMs: number,
): Promise<FunctionConfiguration> {
  for (let attempt = 0; ; attempt += 1) {
    const configuration = await api.configuration(name, version);
    const { state, updateStatus } = configuration;
    if (updateStatus !== "InProgress" && state !== "Pending") return configuration;
    const pause = pauseMs(attempt);
    if (performance.now() + pause > deadlineMs) {
      throw new Error(
        "an update of it is still under way: look at prefreeze lambda status, and run this again when it has ended",
      );
    }
    await sleep(pause);
  }
}

/** 0.1 s, 0.15 s and so on, up to 5 s. */
function pauseMs(attempt: number): number {
  return Math.min(5000, 100 * 1.5 ** attempt);
}
