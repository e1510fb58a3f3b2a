import { chosenFaults, type GatewayFault } from "../faults.js";
import type { OrderKind, Way } from "./function/order.js";

/** Where the pushes of a run go: to the aggregator object, or to the gateway itself. */
export type WorkersThrough = "aggregator" | "direct";

/** What can happen in a call, the ways of calling that it happens on, and the share of those calls that it affects. */
export const CALL_FAULTS: Readonly<
  Record<OrderKind, { readonly ways: readonly Way[] | "all"; readonly part: number }>
> = {
  /** The handler throws; an alarm only at its first try. */
  throw: { ways: "all", part: 0.06 },
  /** The handler answers 503. */
  status: { ways: ["fetch"], part: 0.06 },
  /** The body is streamed, and something is recorded at its end. */
  stream: { ways: ["fetch"], part: 0.15 },
  /** The client, another Worker, goes away after the first chunk of a stream. */
  disconnect: { ways: ["fetch"], part: 0.06 },
};

/** What can happen between whoever pushes to the gateway and the gateway. */
export const FAULTS_OF: Readonly<Record<WorkersThrough, readonly GatewayFault[]>> = {
  direct: [
    "gateway-down",
    "gateway-slow",
    "gateway-hangs",
    "gateway-5xx",
    "reset",
    "late",
    "stale",
    "blackhole",
    "gateway-restart",
  ],
  aggregator: [
    "gateway-down",
    "gateway-slow",
    "gateway-hangs",
    "gateway-5xx",
    "reset",
    "gateway-killed",
    "object-evicted",
    "object-wiped",
    "rpc-lost",
    "rpc-repeated",
  ],
};

/** What can happen to isolates: workerd is killed, and starts again with the same storage. */
export const RESTART = "restart";

/** Parses `all`, `none`, or comma-separated names. @throws Error that lists the valid names if one is unknown */
export function parseWorkersFaults(list: string, through: WorkersThrough): ReadonlySet<string> {
  return chosenFaults(list, [...Object.keys(CALL_FAULTS), ...FAULTS_OF[through], RESTART]);
}
