/** The longest name of a metric or a label, in characters. */
export const MAX_NAME_LENGTH = 255;

/**
 * Why a label may not have this name. Names that start with `__` are reserved, and so are those that
 * Prometheus or the gateway sets.
 *
 * Source: https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels
 *
 * @returns undefined if the name is allowed
 */
export function labelNameFault(name: unknown): string | undefined {
  if (typeof name !== "string" || !/^[a-zA-Z_]\w*$/.test(name))
    return "must match [a-zA-Z_][a-zA-Z0-9_]*";
  if (name.length > MAX_NAME_LENGTH) return `is longer than ${MAX_NAME_LENGTH} characters`;
  return /^(__.*|le|quantile|job|instance)$/.test(name) ? "is reserved" : undefined;
}
