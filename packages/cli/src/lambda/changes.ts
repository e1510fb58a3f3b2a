import { masked } from "./masked.js";
import { RECORD, type Settings, variablesBytes } from "./settings.js";

/** A variable before and after a change. Credentials are masked. */
export interface VariableChange {
  /** The variable's name. */
  readonly name: string;
  /** Undefined if there was none. */
  readonly before: string | undefined;
  /** Undefined if there is none. */
  readonly after: string | undefined;
}

/** What a change makes of a function's settings. */
export interface SettingsChange {
  /** ARNs with versions, in their order; undefined if they stay as they are. */
  readonly layers:
    | { readonly before: readonly string[]; readonly after: readonly string[] }
    | undefined;
  /** The variables that change, without those that stay. */
  readonly variables: readonly VariableChange[];
  /** What all variables take afterwards. Lambda allows 4,096 bytes. */
  readonly variablesBytes: number;
}

/** Compares settings before and after a change. */
export function changesBetween(before: Settings, after: Settings): SettingsChange {
  const names = new Set([...before.variables.keys(), ...after.variables.keys()]);
  const changed = Array.from(names)
    .filter((name) => before.variables.get(name) !== after.variables.get(name))
    .sort((a, b) => Number(a === RECORD) - Number(b === RECORD) || (a < b ? -1 : 1));
  const shown = (name: string, { variables }: Settings): string | undefined => {
    const value = variables.get(name);
    return value === undefined ? undefined : masked(name, value);
  };
  return {
    layers:
      before.layers.join() === after.layers.join()
        ? undefined
        : { before: before.layers, after: after.layers },
    variables: changed.map((name) => ({
      name,
      before: shown(name, before),
      after: shown(name, after),
    })),
    variablesBytes: variablesBytes(after.variables),
  };
}
