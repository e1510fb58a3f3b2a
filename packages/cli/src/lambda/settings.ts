/** What `instrument` and `uninstrument` change of a function, and nothing else is ever sent. */
export interface Settings {
  /** ARNs with versions, in the order in which Lambda unpacks them. */
  readonly layers: readonly string[];
  readonly variables: ReadonlyMap<string, string>;
}

/** The variable by which Lambda starts the runtime through a script. */
export const EXEC_WRAPPER = "AWS_LAMBDA_EXEC_WRAPPER";
/** The script that our layer's wrapper starts first. */
export const OTHER_WRAPPER = "PREFREEZE_EXEC_WRAPPER";
/** Our layer's wrapper, as it is in an environment. */
export const OUR_WRAPPER = "/opt/prefreeze/wrapper";
/** Holds what `uninstrument` restores. */
export const RECORD = "PREFREEZE_UNINSTRUMENT";

/** The most layers that a function may have. */
export const MAX_LAYERS = 5;
/** The most bytes that a function's variables may take. Lambda measures them as JSON. */
export const MAX_VARIABLES_BYTES = 4096;

/** How many bytes the variables take, as Lambda measures them. */
export function variablesBytes(variables: ReadonlyMap<string, string>): number {
  return Buffer.byteLength(JSON.stringify(Object.fromEntries(variables)));
}

/** Whether both hold the same. The order of layers matters, that of variables does not. */
export function equalSettings(a: Settings, b: Settings): boolean {
  return (
    a.layers.length === b.layers.length &&
    a.layers.every((layer, index) => layer === b.layers[index]) &&
    a.variables.size === b.variables.size &&
    Array.from(a.variables).every(([name, value]) => b.variables.get(name) === value)
  );
}
