/**
 * Lets the first `most` different values through, and calls all others `_OTHER`, OpenTelemetry's word
 * for what is over a bound.
 *
 * @param before values that are there already when the first one comes, as those of a life that is restored
 */
export function bounded(
  most: number,
  before: () => Iterable<string> = () => [],
): (value: string) => string {
  let known: Set<string> | undefined;
  return (value) => {
    known ??= new Set(before());
    if (known.size < most) known.add(value);
    return known.has(value) ? value : "_OTHER";
  };
}
