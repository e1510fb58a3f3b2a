import { withoutVersion } from "./layer-arn.js";
import { fingerprint, type InstrumentRecord, type LayerRecord, readRecord } from "./record.js";
import { EXEC_WRAPPER, OTHER_WRAPPER, OUR_WRAPPER, RECORD, type Settings } from "./settings.js";

/** What `uninstrument` makes of a function. */
export interface Restored {
  readonly settings: Settings;
  /** Variables that `instrument` had set and somebody has changed since. They stay as they are. */
  readonly kept: readonly string[];
}

/**
 * The settings of a function as they were before `instrument`, but for what somebody has changed since. Without a
 * record, they are what they are.
 *
 * @throws Refused if the record is damaged
 */
export function planUninstrument(current: Settings): Restored {
  const record = readRecord(current.variables.get(RECORD));
  if (record === undefined) return { settings: current, kept: [] };
  const variables = new Map(current.variables);
  variables.delete(RECORD);
  const kept: string[] = [];

  const chained = chainedSince(current.variables, record);
  for (const [name, { fingerprint: given, was }] of record.variables) {
    if (name === OTHER_WRAPPER && chained !== undefined) continue;
    if (fingerprint(current.variables.get(name)) !== given) kept.push(name);
    else if (was === undefined) variables.delete(name);
    else variables.set(name, was);
  }
  if (chained !== undefined) {
    // The function goes on with the wrappers that it has now, without ours.
    if (chained.wrapper === undefined) variables.delete(EXEC_WRAPPER);
    else variables.set(EXEC_WRAPPER, chained.wrapper);
    const unused = record.variables.get(OTHER_WRAPPER)?.was;
    if (unused === undefined) variables.delete(OTHER_WRAPPER);
    else variables.set(OTHER_WRAPPER, unused);
  }
  return { settings: { layers: restoreLayers(current.layers, record.layer), variables }, kept };
}

/** The layers without ours, or with the version of it that was there before. */
export function restoreLayers(
  current: readonly string[],
  record: LayerRecord | undefined,
): readonly string[] {
  if (record === undefined) return current;
  return current.flatMap((layer) =>
    withoutVersion(layer) === record.layer ? (record.was ?? []) : layer,
  );
}

/** The other wrapper, if somebody has changed since which one our wrapper starts first. */
function chainedSince(
  variables: ReadonlyMap<string, string>,
  record: InstrumentRecord,
): { readonly wrapper: string | undefined } | undefined {
  const ours = record.variables.get(EXEC_WRAPPER);
  if (ours === undefined || variables.get(EXEC_WRAPPER) !== OUR_WRAPPER) return undefined;
  const value = variables.get(OTHER_WRAPPER);
  const isUnchanged = fingerprint(value) === record.variables.get(OTHER_WRAPPER)?.fingerprint;
  return isUnchanged ? undefined : { wrapper: value || undefined };
}
