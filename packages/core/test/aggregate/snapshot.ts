/** The metric that every snapshot has. */
function sequenceLines(sequence: number): string {
  return `# HELP prefreeze_snapshot_sequence Number of this push.\n# TYPE prefreeze_snapshot_sequence gauge\nprefreeze_snapshot_sequence ${sequence}\n`;
}

/** A metric of a snapshot: a header, and its lines as they are. */
export function metric(type: string, name: string, ...lines: readonly string[]): string {
  return `# HELP ${name} Help.\n# TYPE ${name} ${type}\n${lines.map((line) => `${line}\n`).join("")}`;
}

/** A snapshot of these metrics. */
export function snapshot(sequence: number, ...metrics: readonly string[]): string {
  return metrics.join("") + sequenceLines(sequence);
}

/** The same with the line that tells what was acknowledged. */
export function acknowledging(sequence: number, text: string): string {
  return `${text}# ACKNOWLEDGED ${sequence}\n`;
}

/** A histogram's lines, from the observations of each bucket; the last one is `+Inf`. */
export function histogram(
  name: string,
  labels: string,
  bounds: readonly number[],
  counts: readonly number[],
  sum: number,
): string {
  let cumulated = 0;
  const comma = labels && ",";
  const lines = [...bounds.map(String), "+Inf"].map((bound, i) => {
    cumulated += counts[i]!;
    return `${name}_bucket{${labels}${comma}le="${bound}"} ${cumulated}`;
  });
  const braces = labels && `{${labels}}`;
  return metric(
    "histogram",
    name,
    ...lines,
    `${name}_sum${braces} ${sum}`,
    `${name}_count${braces} ${cumulated}`,
  );
}
