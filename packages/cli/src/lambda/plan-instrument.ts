import { withoutVersion } from "./layer-arn.js";
import {
  fingerprint,
  type InstrumentRecord,
  type LayerRecord,
  readRecord,
  type VariableRecord,
  writeRecord,
} from "./record.js";
import { restoreLayers } from "./plan-uninstrument.js";
import { EXEC_WRAPPER, OTHER_WRAPPER, OUR_WRAPPER, RECORD, type Settings } from "./settings.js";

/** What a function is to have. */
export interface Wanted {
  /** The ARN of our layer, with its version. */
  readonly layer: string;
  /** Variables to set. All others stay. */
  readonly variables: ReadonlyMap<string, string>;
}

/**
 * The settings of a function with our layer: it stands last, or where it stood in another version. An exec wrapper
 * that was there goes on, as the one that ours starts first. What was there before is in the record, so that
 * `planUninstrument` restores it.
 *
 * @throws Refused if the record of an earlier time is damaged
 */
export function planInstrument(current: Settings, wanted: Wanted): Settings {
  const before = readRecord(current.variables.get(RECORD));
  const { layers, layer } = attachLayer(current.layers, wanted.layer, before?.layer);
  const variables = new Map(current.variables);
  const records = new Map(before?.variables);

  function put(name: string, value: string | undefined): void {
    const currentValue = variables.get(name);
    const earlier = records.get(name);
    // What somebody has changed since is theirs, and what is to be restored.
    const was = earlier?.fingerprint === fingerprint(currentValue) ? earlier.was : currentValue;
    setOrDelete(variables, name, value);
    // Beside our wrapper, the other one is always recorded: a change of it is one of the function's wrappers.
    const isRecorded = value !== was || (name === OTHER_WRAPPER && records.has(EXEC_WRAPPER));
    setOrDelete<VariableRecord>(
      records,
      name,
      isRecorded ? { fingerprint: fingerprint(value), was } : undefined,
    );
  }

  const wrapper = variables.get(EXEC_WRAPPER);
  if (wrapper !== OUR_WRAPPER) {
    put(EXEC_WRAPPER, OUR_WRAPPER);
    // Without another wrapper, one that an unused variable names must not start to run.
    put(OTHER_WRAPPER, wrapper || undefined);
  }
  for (const [name, value] of wanted.variables) put(name, value);

  const record: InstrumentRecord = { layer, variables: records };
  const isEmpty = layer === undefined && records.size === 0;
  setOrDelete(variables, RECORD, isEmpty ? undefined : writeRecord(record));
  return { layers, variables };
}

function attachLayer(
  current: readonly string[],
  wanted: string,
  record: LayerRecord | undefined,
): { readonly layers: readonly string[]; readonly layer: LayerRecord | undefined } {
  const ours = withoutVersion(wanted);
  const isAnother = record !== undefined && record.layer !== ours;
  const layers = isAnother ? restoreLayers(current, record) : current;
  const kept = isAnother ? undefined : record;
  const index = layers.findIndex((layer) => withoutVersion(layer) === ours);
  const was = layers[index];
  if (was === undefined) {
    return { layers: [...layers, wanted], layer: { layer: ours, was: undefined } };
  }
  return {
    layers: layers.with(index, wanted),
    layer: kept ?? (was === wanted ? undefined : { layer: ours, was }),
  };
}

function setOrDelete<V>(map: Map<string, V>, name: string, value: V | undefined): void {
  if (value === undefined) map.delete(name);
  else map.set(name, value);
}
