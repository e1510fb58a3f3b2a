import type { Definition } from "./census.js";

/** Two definitions, or more, by which of them the gateway had first. */
export interface Ranked {
  readonly established: Definition;
  readonly newcomers: readonly Definition[];
  /** What tells. */
  readonly evidence: string;
}

/** Pushes that are closer together tell nothing about who was first. */
const CLEARLY_EARLIER_SECONDS = 60;

/**
 * Tells which definition was there first. The gateway does not keep when it saw a metric first, so this is a guess by what
 * is left: the oldest push, how long the lives have been pushing, how many groups there are.
 */
export function rank(definitions: readonly [Definition, Definition, ...Definition[]]): Ranked {
  const [established, newest, ...more] = definitions.toSorted((a, b) => compare(a, b).order) as [
    Definition,
    Definition,
  ];
  return {
    established,
    newcomers: [newest, ...more],
    evidence: compare(established, newest).evidence,
  };
}

function compare(a: Definition, b: Definition): { order: number; evidence: string } {
  const earlier = a.oldestPushSeconds - b.oldestPushSeconds;
  if (Math.abs(earlier) > CLEARLY_EARLIER_SECONDS)
    return { order: earlier, evidence: "the other side has a group with an older push" };
  if (a.mostPushes !== b.mostPushes)
    return {
      order: b.mostPushes - a.mostPushes,
      evidence: "the lives of the other side have pushed more often",
    };
  if (a.groups !== b.groups)
    return { order: b.groups - a.groups, evidence: "the other side has more groups" };
  return {
    order: a.newestPushSeconds - b.newestPushSeconds,
    evidence: "it was pushed last; nothing else tells the sides apart",
  };
}
