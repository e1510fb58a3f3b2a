import type { FaultyGateway } from "./faulty-gateway.js";
import type { Fleet, Response } from "./fleet.js";
import type { OrderEvent } from "./function/order.js";
import type { Ledger } from "./ledger.js";

/** What a plan is carried out on. */
export interface Stage {
  readonly gateway: FaultyGateway;
  readonly fleets: readonly Fleet[];
  readonly ledger: Ledger<OrderEvent, Response>;
  /** Reports progress to people. */
  progress(line: string): void;
}
