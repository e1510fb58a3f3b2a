import type { Family, Labels } from "../text/metric-family.js";

/** A family as it was pushed last. */
export interface StoredFamily extends Family {
  /** Unix time in seconds. */
  readonly pushedAtSeconds: number;
}

/** One group as the store keeps it: the metrics pushed under one grouping key. */
export interface StoredGroup {
  /** The grouping labels, `job` among them. */
  readonly labels: Labels;
  /** By name, without the two push times. */
  readonly families: ReadonlyMap<string, StoredFamily>;
  /** Unix time in seconds; 0 before the first accepted push. */
  readonly pushTimeSeconds: number;
  /** Unix time in seconds; 0 before the first refused push. */
  readonly pushFailureTimeSeconds: number;
}

/** All groups, by the key of their grouping labels, in the order of their first push. */
export type Store = Map<string, StoredGroup>;
