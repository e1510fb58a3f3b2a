/** `true` if both types are the same. `any` is the same as `any` only. */
export type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only if its type argument is `true`. */
export function holds<_T extends true>(): void {}
