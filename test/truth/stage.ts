import type { FaultyGateway } from "./faulty-gateway.js";
import type { Fleet } from "./fleet.js";
import type { Ledger } from "./ledger.js";

/** What a plan is carried out on. */
export interface Stage {
  readonly gateway: FaultyGateway;
  readonly fleets: readonly Fleet[];
  readonly ledger: Ledger;
  /** Reports progress to people. */
  progress(line: string): void;
}
