/** A length of time in words: `12s`, `5m`, `3h`, `2d`; of a clock that is ahead, `in 12s`. */
export function ago(seconds: number | undefined): string {
  if (seconds === undefined) return "never";
  return seconds < 0 ? `in ${length(-seconds)}` : length(seconds);
}

function length(seconds: number): string {
  if (seconds < 120) return `${Math.floor(seconds)}s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}
