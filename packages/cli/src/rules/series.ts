import { isPromqlWord } from "../definitions/promql-word.js";

/**
 * A series as PromQL and promtool write it: `orders_total{plan="pro"}`.
 *
 * @param name may be empty, for labels only
 * @param labels may be empty
 */
export function series(name: string, labels: Readonly<Record<string, string>> = {}): string {
  const all = isPromqlWord(name) ? { __name__: name, ...labels } : labels;
  const written = Object.entries(all).map(([label, value]) => `${label}=${quoted(value)}`);
  const start = all === labels ? name : "";
  return written.length === 0 ? start : `${start}{${written.join(",")}}`;
}

/** A text as PromQL writes it. */
function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}
