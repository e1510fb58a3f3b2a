/** What the metrics of each environment should read, by series, summed over its instances. */
export type Readings = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** How an invocation that began has ended. */
export interface Fate {
  readonly outcome: "succeeded" | "failed" | "timedOut";
  readonly errorType?: string;
  /** The label `faas_trigger`, if the run compares it. */
  readonly trigger?: string;
  /** Its process saw its end. Of other invocations, only the failure is known. */
  readonly seen: boolean;
  /** It was the first invocation of its process. */
  readonly coldStart: boolean;
  /** What it added to each series. */
  readonly recorded: Readonly<Record<string, number>>;
}

export interface Counts {
  readonly succeeded: number;
  readonly failed: number;
  readonly timedOut: number;
  readonly coldstarts: number;
}

/** Derives from the ends of invocations what the metrics should read. */
export interface Oracle {
  readonly readings: Readings;
  readonly counts: Counts;
  add(environment: string, fate: Fate): void;
}

const COUNTERS = {
  succeeded: "faas_invocations_total",
  failed: "faas_errors_total",
  timedOut: "faas_timeouts_total",
} as const;

export function createOracle(): Oracle {
  const readings = new Map<string, Map<string, number>>();
  const counts = { succeeded: 0, failed: 0, timedOut: 0, coldstarts: 0 };
  return {
    readings,
    counts,
    add(environment, { outcome, errorType, trigger, seen, coldStart, recorded }) {
      const reading = readings.get(environment) ?? new Map<string, number>();
      readings.set(environment, reading);
      const count = (series: string, amount: number) =>
        reading.set(series, (reading.get(series) ?? 0) + amount);
      const labelled = (series: string, error?: string) => {
        const pairs = Object.entries({ faas_trigger: trigger, error_type: error })
          .filter(([, value]) => value)
          .map(([label, value]) => `${label}="${value}"`);
        return pairs.length === 0 ? series : `${series}{${pairs.join(",")}}`;
      };
      counts[outcome]++;
      count(labelled(COUNTERS[outcome], errorType), 1);
      if (coldStart) counts.coldstarts++;
      if (coldStart) count("faas_coldstarts_total", 1);
      if (seen) count(labelled("faas_invoke_duration_seconds_count"), 1);
      if (seen) for (const [series, amount] of Object.entries(recorded)) count(series, amount);
    },
  };
}
