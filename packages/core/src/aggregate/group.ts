import type { Family, Series } from "./family.js";
import { createLives, type Life, type Lives } from "./life.js";
import type { Line, Shape, Slot } from "./shape.js";
import { sampleNames } from "./sample-names.js";
import { createTotals, type Totals } from "./totals.js";

/** Where a job's totals are shown: on a gateway, or where Prometheus scrapes the aggregator itself. */
export type View = "pushed" | "scraped";

/** The lives of one job, with the same grouping labels, and their totals. */
export interface Group {
  readonly id: number;
  /** The path of its grouping key without an instance. */
  readonly path: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly labelNames: ReadonlySet<string>;
  readonly lives: Lives;
  readonly totals: Totals;
  /** In the order in which they were first seen. */
  readonly families: Family[];
  /** By `familyKey`. */
  readonly familiesByKey: Map<string, Family>;
  /** The first family that had each of the names of `sampleNames`. */
  readonly familiesBySample: Map<string, Family>;
  readonly series: Map<number, Series>;
  readonly lines: Map<string, Line>;
  readonly slots: Map<string, Slot>;
  readonly shapes: Map<string, Shape>;
  /** The shapes of the newest pushes, of which the next new life probably has one. */
  readonly recentShapes: Shape[];
  /** `target_info` of the newest life: its HELP text and its labels. */
  info: { readonly help: string; readonly labels: string } | undefined;
  /** The time of the newest push, in milliseconds. */
  nowMs: number;
  /** How many series of its lives' newest snapshots have none of their own. */
  seriesOverLimit: number;
  /** How many pushes it has taken. */
  pushes: number;
  /** The next number of a life, shape, line, family or series. */
  nextId: number;
  /** The series that the newest text of a view has shown as zero. */
  readonly zeros: Record<View, Series[]>;
  /** What has to be written to a store: the writer of each piece by its key, or undefined to delete it. */
  readonly changed: Map<string, (() => unknown) | undefined>;
  readonly changedLives: Set<Life>;
  /** What was warned of. */
  readonly warned: Set<string>;
}

export function createGroup(
  id: number,
  path: string,
  labels: Readonly<Record<string, string>>,
): Group {
  return {
    id,
    path,
    labels,
    labelNames: new Set(Object.keys(labels)),
    lives: createLives(),
    totals: createTotals(),
    families: [],
    familiesByKey: new Map(),
    familiesBySample: new Map(),
    series: new Map(),
    lines: new Map(),
    slots: new Map(),
    shapes: new Map(),
    recentShapes: [],
    info: undefined,
    nowMs: -Infinity,
    seriesOverLimit: 0,
    pushes: 0,
    nextId: 1,
    zeros: { pushed: [], scraped: [] },
    changed: new Map(),
    changedLives: new Set(),
    warned: new Set(),
  };
}

/** Adds a family that is the newest one. */
export function addFamily(group: Group, family: Family): void {
  group.families.push(family);
  group.familiesByKey.set(familyKey(family), family);
  for (const name of sampleNames(family))
    if (!group.familiesBySample.has(name)) group.familiesBySample.set(name, family);
}

export function familyKey({ type, name }: Pick<Family, "type" | "name">): string {
  return `${type} ${name}`;
}
