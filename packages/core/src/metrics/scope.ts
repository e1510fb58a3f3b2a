import { shared } from "../runtime/shared.js";
import type { Cell, Series } from "./metric.js";

/** What one invocation has recorded, apart from all others. */
export type Recordings = Map<Series, Cell>;

/** Code whose recordings are kept apart from the totals until it has ended. */
export interface Scope {
  readonly ended: boolean;
  readonly recordings: Recordings;
}

/** Finds the scope that the calling code runs in. */
export interface ScopeStore {
  getStore(): Scope | undefined;
}

/** The store in use. While there is none, everything is recorded into the totals. */
export const scopes = shared<{ store: ScopeStore | undefined }>("scopes", { store: undefined });
