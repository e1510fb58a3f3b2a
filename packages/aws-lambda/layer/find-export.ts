import { runtimeGeneration } from "./runtime-generation.js";

/** Finds the export of a module under a dotted name, as the runtime client of this process does. */
export function findExport(loaded: unknown, path: readonly string[]): unknown {
  if (runtimeGeneration() === 3) return valueAt(loaded, path, isTruthy);
  const named = valueAt(loaded, path, isObject);
  if (named || !isObject(loaded) || !("default" in loaded)) return named;
  return valueAt(loaded["default"], path, isObject);
}

function valueAt(
  value: unknown,
  path: readonly string[],
  mayHold: (value: unknown) => value is Readonly<Record<string, unknown>>,
): unknown {
  for (const key of path) value = mayHold(value) ? value[key] : undefined;
  return value;
}

/** Functions can hold exports, too. */
function isTruthy(value: unknown): value is Readonly<Record<string, unknown>> {
  return Boolean(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
