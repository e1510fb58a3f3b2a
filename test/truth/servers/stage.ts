import type { FaultyGateway } from "../faulty-gateway.js";
import type { Ledger } from "../ledger.js";
import type { Response, ServerFleet } from "./fleet.js";
import type { WebOrder } from "./order.js";

/** What a plan is carried out on. */
export interface ServersStage {
  readonly gateway: FaultyGateway;
  readonly fleets: readonly ServerFleet[];
  readonly ledger: Ledger<WebOrder, Response>;
  /**
   * What was killed, and when, in milliseconds since 1970: before the first fault of the gateway, after which instances
   * may space their pushes.
   */
  readonly killed: Map<string, number>;
  /** Reports progress to people. */
  progress(line: string): void;
}
