import type { Numbers } from "./numbers.js";
import { bold, dim, green, red } from "./progress.mjs";

/** One platform's numbers: as its callers saw them, and as the gateway holds them. */
export interface Comparison {
  readonly title: string;
  readonly seen: Numbers;
  readonly held: Numbers;
}

const rowTitles: Readonly<Record<keyof Numbers, string>> = {
  succeeded: "succeeded",
  failed: "failed",
  coldStarts: "cold starts",
  proOrders: "orders, plan pro",
  freeOrders: "orders, plan free",
  charges: "charges timed",
};
const metrics = Object.keys(rowTitles) as (keyof Numbers)[];

/** The number of rows that differ. */
export function differences({ seen, held }: Comparison): number {
  return metrics.filter((metric) => seen[metric] !== held[metric]).length;
}

export function table(comparisons: readonly Comparison[]): string {
  const head = `  ${"".padEnd(24)}${"callers saw".padStart(12)}${"gateway holds".padStart(16)}`;
  return [bold(head), ...comparisons.flatMap(rows)].join("\n");
}

function rows({ title, seen, held }: Comparison): string[] {
  return [
    `  ${bold(title)}`,
    ...metrics.map((metric) => {
      const exact = seen[metric] === held[metric];
      const name = dim(rowTitles[metric].padEnd(22));
      const columns = `${String(seen[metric]).padStart(12)}${String(held[metric]).padStart(16)}`;
      return `    ${name}${columns}  ${exact ? green("✓") : red("✗")}`;
    }),
  ];
}
