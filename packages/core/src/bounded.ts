/**
 * Lets the first `most` different values through, and calls all others `_OTHER`, OpenTelemetry's word
 * for what is over a bound.
 */
export function bounded(most: number): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.size < most) known.add(value);
    return known.has(value) ? value : "_OTHER";
  };
}
