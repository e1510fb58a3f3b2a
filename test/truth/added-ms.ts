import { quantile } from "../bench/quantile.js";
import type { Response } from "./fleet.js";

/** The time that answers took beyond the handler's own, in milliseconds. */
export interface AddedMs {
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
}

/** By function. Leaves out the first invocation of each process. */
export function addedMsOf(responses: readonly Response[]): Record<string, AddedMs> {
  const byFunction = new Map<string, number[]>();
  for (const { of, payload, atMs } of responses) {
    const { handlerMs, handedOverAtMs, first } = payload;
    if (handlerMs === undefined || handedOverAtMs === undefined || first) continue;
    const added = byFunction.get(of) ?? [];
    byFunction.set(of, added);
    added.push(Math.max(0, Math.round(atMs - handedOverAtMs - handlerMs)));
  }
  const entries = [...byFunction].map(([name, values]): [string, AddedMs] => {
    return [name, quantilesOf(values)];
  });
  return Object.fromEntries(entries);
}

export function quantilesOf(values: readonly number[]): AddedMs {
  const at = (share: number) => Math.round(quantile(values, share));
  return { p50: at(0.5), p99: at(0.99), worst: at(1) };
}
