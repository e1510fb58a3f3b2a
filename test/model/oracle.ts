/** Values by series, named as in the text format. */
export type Counts = Map<string, number>;

/** What an invocation has done so far. */
export interface Progress {
  readonly trigger: "http" | "timer";
  readonly cold: boolean;
  readonly amounts: number[];
  end: End | undefined;
}

export type End = "succeeded" | "failed" | "timedOut" | "crash" | "killed";

const OUTCOMES: Readonly<Record<End, readonly [name: string, label: string]>> = {
  succeeded: ["faas_invocations_total", ""],
  failed: ["faas_errors_total", ',error_type="RangeError"'],
  timedOut: ["faas_timeouts_total", ""],
  crash: ["faas_errors_total", ',error_type="crash"'],
  killed: ["faas_errors_total", ',error_type="killed"'],
};

/** What an invocation with this end adds to the truth: its outcome, its duration, and what it recorded. */
function* countsOf({ trigger, cold, amounts }: Progress, end: End): Generator<string | number> {
  const label = `faas_trigger="${trigger}"`;
  yield `${OUTCOMES[end][0]}{${label}${OUTCOMES[end][1]}}`;
  if (cold) yield `faas_coldstarts_total{${label}}`;
  // Nobody saw its end, and its recordings died with it.
  if (end === "killed") return;
  yield `faas_invoke_duration_seconds_count{${label}}`;
  yield* amounts;
}

function add(counts: Counts, what: string | number, sign: 1 | -1): void {
  const to = (series: string, value: number) =>
    counts.set(series, (counts.get(series) ?? 0) + value * sign);
  if (typeof what === "string") return void to(what, 1);
  to(`orders_total{plan="${what % 2 ? String.raw`o\"dd` : "even"}"}`, what);
  to("sizes_sum", what);
  for (const series of ["sizes_count", 'sizes_bucket{le="+Inf"}']) to(series, 1);
  for (const bound of [1, 5]) to(`sizes_bucket{le="${bound}"}`, +(what <= bound));
}

/** The truth, whatever the processes know. */
export class Oracle {
  readonly truth: Counts = new Map();
  /** How much of the truth may be missing, since it was lost with a process. */
  readonly missing: Counts = new Map();
  #acknowledged: Counts = new Map();
  /** What is settled but not in any complete state of the journal. */
  #unwritten: (Progress | number)[] = [];

  decide(progress: Progress, end: End): void {
    progress.end = end;
    for (const each of countsOf(progress, end)) add(this.truth, each, 1);
    this.#unwritten.push(progress);
  }

  /** Something was recorded outside any invocation, or after its end. */
  record(amount: number): void {
    add(this.truth, amount, 1);
    this.#unwritten.push(amount);
  }

  written(): void {
    this.#unwritten = [];
  }

  get unwritten(): number {
    return this.#unwritten.length;
  }

  /**
   * The truth at this moment.
   *
   * @returns what to pass to `acknowledge` once the push that shows it is acknowledged
   */
  snapshot(): Counts {
    return new Map(this.truth);
  }

  acknowledge(snapshot: Counts): void {
    this.#acknowledged = snapshot;
  }

  /**
   * The process is gone, and the next one continues. Running invocations, and those with an unwritten end,
   * were killed.
   */
  killed(running: Iterable<Progress>): void {
    const all = new Set(running);
    for (const each of this.#unwritten) {
      if (typeof each === "number") add(this.truth, each, -1);
      else {
        for (const what of countsOf(each, each.end!)) add(this.truth, what, -1);
        each.end = undefined;
        all.add(each);
      }
    }
    for (const each of all) if (!each.end) this.decide(each, "killed");
    this.written();
  }

  /** The process is gone, and no other continues: what was not acknowledged may be missing. */
  lost(): void {
    for (const [series, value] of this.truth) {
      const more = value - (this.#acknowledged.get(series) ?? 0);
      this.missing.set(series, (this.missing.get(series) ?? 0) + more);
    }
    this.#acknowledged = this.snapshot();
    this.written();
  }
}
