import type { ReceiverFault } from "./faults.js";
import type { Readings } from "./oracle.js";
import type { Values } from "./through/series.js";

/** A request of an instance, on its way. */
export interface Push {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What the instances push to, behind the network: a gateway, or aggregators before one. */
export interface Receiver {
  /**
   * Passes a push on.
   *
   * @returns the status of the answer
   * @throws Error if what it was passed to is down, or was killed before its answer
   */
  apply(push: Push): Promise<number>;
  /** Begins a fault of its own. */
  begin(fault: ReceiverFault): Promise<void>;
  end(fault: ReceiverFault): Promise<void>;
  /** How often faults took effect that do so on pushes, and not when they begin. Default: there are none. */
  struck?(): Readonly<Partial<Record<ReceiverFault, number>>>;
  /** Resolves when everything runs. */
  settled(): Promise<void>;
  /** What it has counted of each environment. */
  readings(): Promise<Readings>;
  /** What it has counted, in more series than are compared for each environment. */
  values(): Promise<Values>;
  stop(): Promise<void>;
}
