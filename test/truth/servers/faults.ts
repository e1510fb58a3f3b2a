import { allFaults, chosenFaults, GATEWAY_FAULTS, type GatewayFault } from "../faults.js";
import type { OrderKind } from "./order.js";

/** Where the pushes of a run go: to an aggregator before the gateway, or to the gateway itself. */
export type ServersThrough = "aggregator" | "direct";

/** What can happen in a request, and the share of those of each shape that it affects. */
export const REQUEST_FAULTS: Readonly<Record<OrderKind, number>> = {
  /** The handler throws. */
  throw: 0.06,
  /** The handler answers 503. */
  status: 0.06,
  /** The body is streamed, and something is recorded at its end. */
  stream: 0.15,
  /** The client goes away after the first chunk of a stream. */
  abort: 0.06,
  /** The handler outlasts the platform's deadline. */
  timeout: 0.02,
};

/** What can happen to a process while it serves requests, each in turn. */
export const PROCESS_FAULTS = [
  /** SIGTERM, after another process has taken its place. */
  "sigterm",
  /** SIGKILL, and another process takes its place. */
  "sigkill",
] as const;

export type ProcessFault = (typeof PROCESS_FAULTS)[number];

/** All faults between the processes and Prometheus. */
export function gatewayFaultsOf(through: ServersThrough): readonly GatewayFault[] {
  const all = new Set(allFaults(through === "direct" ? "gateway" : "aggregator"));
  return (Object.keys(GATEWAY_FAULTS) as GatewayFault[]).filter((fault) => all.has(fault));
}

/**
 * Parses `all`, `none`, or comma-separated names.
 *
 * @param kinds what can happen in a request on the platform
 * @throws Error that lists the valid names if one is unknown
 */
export function parseServersFaults(
  list: string,
  through: ServersThrough,
  kinds: readonly OrderKind[],
): ReadonlySet<string> {
  return chosenFaults(list, [...kinds, ...gatewayFaultsOf(through), ...PROCESS_FAULTS]);
}
