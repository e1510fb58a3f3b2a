/** The measured work of one side of a comparison, in a process of its own. */
export interface Workload {
  /** One operation. Only the part inside `measured` is measured. */
  run(measured: Measured): unknown;
  /** Checks that the work was done, and releases its resources. */
  finish?(): void;
}

/** Runs code and adds its CPU time to the operation's. @returns the result of the code */
export type Measured = (code: () => unknown) => unknown;
