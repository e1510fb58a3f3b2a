import { cellIn, fold, type Registry } from "../metrics/registry.js";
import type { Outcome, Trigger } from "./vocabulary.js";
import { mergeCell } from "../metrics/metric.js";

/** One call of a handler, with what it recorded. */
export interface Invocation {
  /** What identifies it while it runs: a second begin with the same key is the same invocation. */
  readonly key: unknown;
  readonly id: string;
  readonly trigger: Trigger;
  /** Pushes all that is recorded; undefined where nothing is counted. */
  readonly flush: ((deadlineMs: number | undefined) => Promise<void> | undefined) | undefined;
  readonly deadlineMs: number | undefined;
  readonly coldStart: boolean;
  /** `performance.now()` at its begin. */
  readonly startedMs: number;
  /** Not folded yet. */
  registry: Registry;
  /** Folded while it was running. */
  folded: Registry | undefined;
  ended: boolean;
  /** In the journal. */
  readonly mark: number | undefined;
  outcome: Outcome | undefined;
  /** What failed, where it failed: the error's class name, or the HTTP status. */
  errorType: string | undefined;
  durationMs: number;
}

/** Folds what a running invocation has recorded so far, and keeps it for its record. */
export function foldSoFar(invocation: Invocation): void {
  const { registry } = invocation;
  if (registry.size === 0) return;
  invocation.registry = new Map();
  invocation.folded = mergeRegistries(invocation.folded, registry);
  fold(registry);
}

/** All that an invocation recorded, folded or not. */
export function recordedBy({ folded, registry }: Invocation): Registry {
  return folded === undefined ? registry : mergeRegistries(folded, registry);
}

function mergeRegistries(first: Registry | undefined, second: Registry): Registry {
  const merged: Registry = new Map();
  for (const registry of [first ?? merged, second]) {
    for (const [series, cell] of registry) mergeCell(cellIn(merged, series), cell);
  }
  return merged;
}
