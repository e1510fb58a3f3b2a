import type { Instance } from "./instance.js";
import type { Invocation } from "./invocation.js";
import type { Metric } from "./metric.js";
import { singleSlot } from "./single-slot.js";

/**
 * Where the current invocation is kept. Node's `AsyncLocalStorage` is one.
 */
export interface InvocationStore {
  /** It knows one invocation at a time, so it cannot tell one inside another from one beside another. */
  readonly single?: boolean;
  getStore(): Invocation | undefined;
  run<R>(invocation: Invocation, callback: () => R): R;
}

/** Everything that is shared by all copies of this package in one process or isolate. */
export interface State {
  readonly metrics: Map<string, Metric>;
  /** The same metrics by name, as the text format wants them; undefined after a definition. */
  sorted?: readonly Metric[] | undefined;
  /** Time series that users' metrics have, counted as the gateway counts them. */
  seriesCount: number;
  maxSeries: number;
  /** Recordings that went to an overflow series. */
  droppedSeries: number;
  /** Recordings that were dropped for a bad value or label. */
  droppedRecordings: number;
  /** Rises with every change of the totals. */
  version: number;
  /** Invocations that have begun and not ended, by what identifies them. */
  readonly running: Map<unknown, Invocation>;
  store: InvocationStore;
  /** Undefined until a platform has set one up. */
  instance?: Instance | undefined;
  readonly listeners: Set<(invocation: Invocation) => Promise<void>>;
  readonly warned: Set<string>;
}

/** The key carries the version of what lies behind it: a copy that differs in it keeps to itself. */
const key = Symbol.for("prefreeze/1");

function newState(): State {
  const running = new Map<unknown, Invocation>();
  return {
    metrics: new Map(),
    seriesCount: 0,
    maxSeries: 1_000,
    droppedSeries: 0,
    droppedRecordings: 0,
    version: 0,
    running,
    store: singleSlot(running),
    listeners: new Set(),
    warned: new Set(),
  };
}

const shared = globalThis as { [key]?: State };

/** Made at the first import: a copy that comes later finds it. */
export const state: State = (shared[key] ??= newState());
