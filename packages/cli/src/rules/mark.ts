/** Stands at the beginning of every file that this command writes, so that it overwrites no other. */
export const MARK = "Written by prefreeze rules";
