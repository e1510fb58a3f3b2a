import { InvalidArgumentError } from "commander";

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/**
 * Parses a duration such as `500ms`, `1s`, `1.5s`, `2m` or `1h`.
 *
 * @returns milliseconds
 * @throws InvalidArgumentError if it is no duration, or outside of the range
 */
export function duration(leastMs: number, mostMs: number): (text: string) => number {
  const range = `from ${written(leastMs)} to ${written(mostMs)}`;
  return (text) => {
    const [, number, unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
    const milliseconds = Math.round(Number(number) * (UNITS_MS[unit] ?? Number.NaN));
    if (milliseconds >= leastMs && milliseconds <= mostMs) return milliseconds;
    throw new InvalidArgumentError(`Give a number with a unit, as in 500ms, 15s or 1m, ${range}.`);
  };
}

function written(milliseconds: number): string {
  const [unit = "ms", size = 1] =
    Object.entries(UNITS_MS)
      .toReversed()
      .find(([, size]) => milliseconds % size === 0) ?? [];
  return `${milliseconds / size}${unit}`;
}
