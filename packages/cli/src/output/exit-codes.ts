/** The command could not do what it was asked to. */
export const FAILED = 1;
/** The command line is wrong. */
export const WRONG_INPUT = 2;
/** The command did what it was asked to, and found something wrong. */
export const FOUND = 3;
