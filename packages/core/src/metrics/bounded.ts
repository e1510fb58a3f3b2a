import { hasRoom } from "./room.js";

/**
 * Bounds the values of a label: the first `most` distinct values pass while a snapshot has room for them,
 * every other one becomes `_OTHER`, OpenTelemetry's name for values over a limit.
 *
 * @param before values that exist when the first one arrives, such as those of a restored life
 */
export function bounded(
  most: number,
  before: () => Iterable<string> = () => [],
): (value: string) => string {
  let known: Set<string> | undefined;
  return (value) => {
    known ??= new Set(before());
    if (known.size < most && hasRoom()) known.add(value);
    return known.has(value) ? value : "_OTHER";
  };
}
