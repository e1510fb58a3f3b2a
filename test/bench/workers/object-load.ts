/** What one Worker is to push. */
export interface Load {
  /** The number of its first life. */
  readonly first: number;
  /** Its lives take turns. */
  readonly lives: number;
  /** How many pushes. */
  readonly count: number;
  /** How many of them are under way at once. */
  readonly atOnce: number;
}

/** What became of a load. */
export interface Loaded {
  readonly latenciesMs: readonly number[];
  /** The statuses that are not 200. */
  readonly refused: readonly number[];
}
