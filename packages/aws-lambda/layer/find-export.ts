import { runtimeGeneration } from "./runtime-generation.js";

/** What a module exports under a dotted name, found as the runtime client of this process finds it. */
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

/** A function has properties, too. */
function isTruthy(value: unknown): value is Readonly<Record<string, unknown>> {
  return Boolean(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
