import type { Cell, Series } from "./metric.js";

/** What one invocation has recorded, apart from all others. */
export type Registry = Map<Series, Cell>;

/** Code whose recordings go to a registry of their own until it has ended. */
export interface Scope {
  readonly ended: boolean;
  readonly registry: Registry;
}

/** Finds the scope that this code runs in. */
export interface ScopeStore {
  getStore(): Scope | undefined;
}
