/** A snapshot of a life, as a writer pushes it. */
export function snapshot(
  sequence: number,
  counters: Readonly<Record<string, number>>,
  acknowledged?: number,
): string {
  const families = Object.entries(counters).map(([series, value]) => {
    const [name = ""] = series.split("{");
    return `# HELP ${name} Counted.\n# TYPE ${name} counter\n${series} ${value}\n`;
  });
  const own = `# HELP prefreeze_snapshot_sequence Pushes.\n# TYPE prefreeze_snapshot_sequence gauge\nprefreeze_snapshot_sequence ${sequence}\n`;
  const told = acknowledged === undefined ? "" : `# ACKNOWLEDGED ${acknowledged}\n`;
  return families.join("") + own + told;
}
