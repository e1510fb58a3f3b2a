import { pushedGroup } from "@prefreeze/core/aggregate";

/** @returns the group of totals that a path without an instance names; undefined if it can be none */
export function jobGroup(path: string): string | undefined {
  const pushed = pushedGroup(`${path}/instance/_`, undefined);
  return pushed instanceof TypeError ? undefined : pushed.group;
}
