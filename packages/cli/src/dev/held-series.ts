import type { Pushgateway } from "../arguments/pushgateway-option.js";

/** A series that the gateway holds, added up over the instances of the function. */
export interface HeldSeries {
  /** With its suffix `_count` or `_sum`, if it has one. Buckets are left out. */
  readonly name: string;
  /** Without `job` and `instance`. */
  readonly labels: Readonly<Record<string, string>>;
  /** The sum over the instances. */
  readonly value: number;
}

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Adds up samples over instances. Those of prefreeze about itself come last. */
export function addUp(samples: readonly Sample[]): HeldSeries[] {
  const series = new Map<string, HeldSeries>();
  for (const { name, labels, value } of samples) {
    if (name.endsWith("_bucket") && "le" in labels) continue;
    const { job: _, instance: __, ...own } = labels;
    const key = JSON.stringify([name, Object.entries(own).sort(([a], [b]) => order(a, b))]);
    const before = series.get(key)?.value ?? 0;
    series.set(key, { name, labels: own, value: before + value });
  }
  return [...series.values()].sort((a, b) => rank(a) - rank(b) || order(a.name, b.name));
}

function rank({ name }: HeldSeries): number {
  if (/^(prefreeze_|target_info$)/.test(name)) return 2;
  return name.startsWith("faas_") ? 1 : 0;
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Reads what a gateway elsewhere shows of a job.
 *
 * @throws Error if it does not answer
 */
export async function readJob({ url, headers }: Pushgateway, job: string): Promise<Sample[]> {
  const response = await fetch(`${url}/metrics`, {
    headers,
    signal: AbortSignal.timeout(10_000),
  }).catch((error: unknown) => {
    throw new Error(`the gateway does not answer: run prefreeze check --pushgateway ${url}`, {
      cause: error,
    });
  });
  if (!response.ok) {
    throw new Error(
      `the gateway answers /metrics with HTTP ${response.status}: run prefreeze check --pushgateway ${url}`,
    );
  }
  const text = await response.text();
  return text.split("\n").flatMap((line) => {
    const [, name, inner = "", value] = /^([a-zA-Z_:][\w:]*)\{(.*)\} (\S+)$/.exec(line) ?? [];
    if (name === undefined || name.startsWith("push_")) return [];
    const labels = Object.fromEntries(
      Array.from(
        inner.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g),
        ([, label = "", escaped = ""]) => [
          label,
          escaped.replaceAll(/\\(.)/g, (_, each: string) => (each === "n" ? "\n" : each)),
        ],
      ),
    ) as Record<string, string>;
    return labels["job"] === job ? [{ name, labels, value: Number(value) }] : [];
  });
}
