import type { Numbers } from "./numbers.js";
import { bold, dim, green, red } from "./progress.mjs";

/** One platform's numbers: as its callers saw them, as the gateway holds them, and as Prometheus shows them. */
export interface Comparison {
  readonly title: string;
  readonly seen: Numbers;
  readonly held: Numbers;
  /** Undefined if there is no Prometheus. */
  readonly increases: Numbers | undefined;
}

/** Less than any count can be off by. */
const ROUNDED = 0.005;

const rowTitles: Readonly<Record<keyof Numbers, string>> = {
  succeeded: "succeeded",
  failed: "failed",
  coldStarts: "cold starts",
  proOrders: "orders, plan pro",
  freeOrders: "orders, plan free",
  charges: "charges timed",
};

/** The rows that a platform has. */
function rowsOf({ seen }: Comparison): (keyof Numbers)[] {
  return (Object.keys(rowTitles) as (keyof Numbers)[]).filter((row) => seen[row] !== undefined);
}

/** The number of rows that differ. */
export function differences(comparison: Comparison): number {
  return rowsOf(comparison).filter((metric) => !isExact(comparison, metric)).length;
}

function isExact({ seen, held, increases }: Comparison, metric: keyof Numbers): boolean {
  const { [metric]: expected = 0 } = seen;
  const shown = increases?.[metric] ?? expected;
  // Prometheus computes with rates, so its result is a float.
  return expected === held[metric] && Math.abs(shown - expected) < ROUNDED;
}

export function table(comparisons: readonly Comparison[]): string {
  const query = comparisons.some(({ increases }) => increases) ? "increase(x[5m])" : "";
  const head = `  ${"".padEnd(24)}${"callers saw".padStart(12)}${"gateway holds".padStart(16)}${query && query.padStart(18)}`;
  return [bold(head), ...comparisons.flatMap(rows)].join("\n");
}

function rows(comparison: Comparison): string[] {
  const { title, seen, held, increases } = comparison;
  return [
    `  ${bold(title)}`,
    ...rowsOf(comparison).map((metric) => {
      const exact = isExact(comparison, metric);
      const shown =
        increases && String(Math.round(100 * (increases[metric] ?? 0)) / 100).padStart(18);
      const name = dim(rowTitles[metric].padEnd(22));
      const columns = `${String(seen[metric]).padStart(12)}${String(held[metric]).padStart(16)}${shown ?? ""}`;
      return `    ${name}${columns}  ${exact ? green("✓") : red("✗")}`;
    }),
  ];
}
