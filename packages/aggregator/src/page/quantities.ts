/** A whole number with its thousands apart, and a noun: `1,204 lives`. */
export function counted(number: number, noun: string): string {
  if (number === 1) return `1 ${noun}`;
  return `${grouped(number)} ${noun.endsWith("s") ? noun : `${noun}s`}`;
}

export function grouped(number: number): string {
  return number.toLocaleString("en-US");
}

/** A length of time, in the largest unit that keeps two digits: `90 seconds`, `47 hours`. */
export function duration(lengthMs: number): string {
  // The clock may have been set back.
  const seconds = Math.max(0, Math.round(lengthMs / 1000));
  if (seconds < 120) return counted(seconds, "second");
  if (seconds < 7200) return counted(Math.round(seconds / 60), "minute");
  if (seconds < 172_800) return counted(Math.round(seconds / 3600), "hour");
  return counted(Math.round(seconds / 86_400), "day");
}

/** A moment as HTML: how long ago it was, with the time of day as a title. */
export function timeAgo(timeMs: number, nowMs: number): string {
  const time = new Date(timeMs).toISOString();
  const ago = nowMs - timeMs < 1000 ? "just now" : `${duration(nowMs - timeMs)} ago`;
  return `<time datetime="${time}" title="${time}">${ago}</time>`;
}
