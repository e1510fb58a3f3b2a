import type { Counts, Oracle } from "../oracle.js";
import type { Compared } from "../readings.js";
import type { ServersThrough } from "./faults.js";
import type { StartProcess } from "./fleet.js";
import type { WebNote, WebOrder } from "./order.js";
import type { Shapes } from "./plan.js";

/** How a platform joins the truth run of server processes. */
export interface ServersPlatform {
  readonly shapes: Shapes;
  /** The environment variables of its processes. */
  readonly env: Readonly<Record<string, string>>;
  /** @param folder an existing directory for its files */
  prepare(folder: string): Promise<StartProcess>;
  /** What the run compares. */
  compared(through: ServersThrough): Compared;
  /** What must be shown, from what the processes have noted about these orders. */
  truthOf(
    orders: ReadonlyMap<number, WebOrder>,
    notes: readonly WebNote[],
    through: ServersThrough,
  ): Pick<Oracle, "readings" | "counts">;
  countsOf(shown: Readonly<Record<string, number>>): Counts;
}
