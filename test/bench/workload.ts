/** One thing to measure, by one side, in a process of its own. */
export interface Workload {
  /** One operation; what of it is measured runs inside `measured`. */
  run(measured: Measured): unknown;
  /** Checks that the work was done and ends what it holds. */
  finish?(): void;
}

/** Runs code and adds its CPU time to the operation's. */
export type Measured = <R>(code: () => R) => R | Promise<Awaited<R>>;
