import type { Numbers } from "./numbers.js";
import { bold, dim, green, red } from "./progress.mjs";

/** One platform's numbers: those of its callers beside those of the gateway. */
export interface Comparison {
  readonly title: string;
  readonly seen: Numbers;
  readonly held: Numbers;
}

const words: Readonly<Record<keyof Numbers, string>> = {
  succeeded: "succeeded",
  failed: "failed",
  coldStarts: "cold starts",
  proOrders: "orders, plan pro",
  freeOrders: "orders, plan free",
  charges: "charges timed",
};
const metrics = Object.keys(words) as (keyof Numbers)[];

/** The number of differences between them. */
export function differences({ seen, held }: Comparison): number {
  return metrics.filter((metric) => seen[metric] !== held[metric]).length;
}

export function table(comparisons: readonly Comparison[]): string {
  const head = `  ${"".padEnd(24)}${"invoked".padStart(10)}${"in the gateway".padStart(18)}`;
  return [bold(head), ...comparisons.flatMap(rows)].join("\n");
}

function rows({ title, seen, held }: Comparison): string[] {
  return [
    `  ${bold(title)}`,
    ...metrics.map((metric) => {
      const exact = seen[metric] === held[metric];
      const name = dim(words[metric].padEnd(22));
      const columns = `${String(seen[metric]).padStart(10)}${String(held[metric]).padStart(18)}`;
      return `    ${name}${columns}  ${exact ? green("✓") : red("✗")}`;
    }),
  ];
}
