import type { Note, OrderEvent } from "./function/order.js";

/** What each environment's metrics should read, by series. */
export type Readings = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** What became of the invocations, by what the function itself has noted. */
export interface Truth {
  readonly readings: Readings;
  readonly succeeded: number;
  readonly failed: number;
  readonly timedOut: number;
  readonly coldstarts: number;
}

/** How an invocation counts that began. */
const OUTCOMES = {
  succeeded: { series: "faas_invocations_total", recorded: true, timed: true },
  throw: { series: 'faas_errors_total{error_type="RangeError"}', recorded: true, timed: true },
  crash: { series: 'faas_errors_total{error_type="crash"}', recorded: true, timed: true },
  // Nobody saw its end, and what it recorded died with it.
  killed: { series: 'faas_errors_total{error_type="killed"}', recorded: false, timed: false },
  timeout: { series: "faas_timeouts_total", recorded: true, timed: true },
} as const;

const OUTCOME_OF = {
  throw: "throw",
  timeout: "timeout",
  blocked: "killed",
  exit: "crash",
  uncaught: "crash",
  killed: "killed",
} as const satisfies Record<NonNullable<OrderEvent["fault"]>, keyof typeof OUTCOMES>;

/** The oracle: tells from the events, and from what the function noted, what the metrics should read. */
export function truthOf(events: ReadonlyMap<number, OrderEvent>, notes: readonly Note[]): Truth {
  const readings = new Map<string, Map<string, number>>();
  const counts = { succeeded: 0, failed: 0, timedOut: 0, coldstarts: 0 };
  const boots = new Set<string>();
  const ended = new Set(notes.filter(({ at }) => at === "ended").map(({ id }) => id));
  for (const { at, id, environment, boot } of notes) {
    if (at !== "begun") continue;
    const { fault, plan, amount } = events.get(id)!;
    if (!fault && !ended.has(id)) throw new Error(`invocation ${id} began and did not end`);
    const { series, recorded, timed } = OUTCOMES[fault ? OUTCOME_OF[fault] : "succeeded"];
    let reading = readings.get(environment);
    if (!reading) readings.set(environment, (reading = new Map()));
    const add = (name: string, value: number) =>
      reading.set(name, (reading.get(name) ?? 0) + value);
    add(series, 1);
    if (timed) add("faas_invoke_duration_seconds_count", 1);
    if (recorded) {
      const more = fault ? 0 : 1;
      add(`orders_total{plan="${plan}"}`, amount + more);
      add("order_size_count", 1 + more);
      add("order_size_sum", amount + more);
    }
    if (!boots.has(boot)) {
      boots.add(boot);
      counts.coldstarts++;
      add("faas_coldstarts_total", 1);
    }
    if (!fault) counts.succeeded++;
    else if (fault === "timeout") counts.timedOut++;
    else counts.failed++;
  }
  return { readings, ...counts };
}
