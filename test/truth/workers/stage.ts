import type { FaultyGateway } from "../faulty-gateway.js";
import type { Ledger } from "../ledger.js";
import type { WorkersThrough } from "./faults.js";
import type { Response, WorkerFleet } from "./fleet.js";
import type { WorkerOrder } from "./function/order.js";

/** What a plan is carried out on. */
export interface WorkersStage {
  readonly through: WorkersThrough;
  readonly gateway: FaultyGateway;
  readonly fleets: readonly WorkerFleet[];
  readonly ledger: Ledger<WorkerOrder, Response>;
  /** Reports progress to people. */
  progress(line: string): void;
}
