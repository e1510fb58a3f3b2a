import type { Counts } from "./reader.js";

/** What an invocation has done so far. */
export interface Doing {
  readonly amounts: number[];
  readonly cold: boolean;
  decided: boolean;
}

export type End = "succeeded" | "failed" | "timedOut" | "crash" | "killed";

/** The truth: what ended how, and what was recorded. */
export class Oracle {
  readonly #counts: Record<string, number> = {};

  decide({ amounts, cold }: Doing, end: End): void {
    const failed = end !== "succeeded" && end !== "timedOut";
    this.#add(end === "succeeded" ? "faas_invocations_total" : "faas_timeouts_total", +!failed);
    this.#add("faas_errors_total", +failed);
    this.#add("faas_coldstarts_total", +cold);
    // What a killed one recorded died with it, and nobody saw its end.
    if (end === "killed") return;
    this.#add("faas_invoke_duration_seconds_count", 1);
    for (const amount of amounts) {
      this.#add("orders_total", amount);
      this.#add("sizes_sum", amount);
      this.#add("sizes_count", 1);
      // Buckets of 1, 5 and +Inf, each with what is below.
      this.#add("sizes_bucket", 1 + +(amount <= 5) + +(amount <= 1));
    }
  }

  #add(name: string, value: number): void {
    this.#counts[name] = (this.#counts[name] ?? 0) + value;
  }

  counts(): Counts {
    return this.#counts;
  }
}
