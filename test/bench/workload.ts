/** One thing to measure, by one side, in a process of its own. */
export interface Workload {
  /** One operation; what of it is measured runs inside `measured`. */
  run(measured: Measured): unknown;
  /** Checks that the work was done and ends what it holds. */
  finish?(): void;
}

/** Runs code, adds its CPU time to the operation's and gives back what it gave, or a promise of that. */
export type Measured = (code: () => unknown) => unknown;
