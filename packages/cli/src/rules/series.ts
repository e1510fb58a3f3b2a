/**
 * A series as PromQL and promtool write it: `orders_total{plan="pro"}`.
 *
 * @param labels may be empty
 */
export function series(name: string, labels: Readonly<Record<string, string>> = {}): string {
  const written = Object.entries(labels).map(([label, value]) => `${label}=${quoted(value)}`);
  return written.length === 0 ? name : `${name}{${written.join(",")}}`;
}

/** A text as PromQL writes it. */
export function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}
