import type { Running } from "../invocation/running.js";
import { catalog, type Catalog } from "../metrics/catalog.js";
import type { here } from "./instance.js";

/** Everything that is shared by all copies of this package in one process or isolate. */
export type State = Omit<Catalog, "store"> &
  Running &
  typeof here & { readonly warned: Set<string> };

/** The rooms' parts of it are one object. */
export const state: State = catalog as unknown as State;
