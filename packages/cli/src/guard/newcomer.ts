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
 * is left: the oldest push, how long the lives have been pushing, how many groups there are. Each of them misleads at
 * times (of lives that all go on, no push is old), so most of them decide.
 */
export function rank(definitions: readonly [Definition, Definition, ...Definition[]]): Ranked {
  const wins = (one: Definition): number =>
    definitions.filter((other) => other !== one && compare(one, other).order < 0).length;
  const [established, newest, ...more] = definitions.toSorted((a, b) => wins(b) - wins(a)) as [
    Definition,
    Definition,
  ];
  return {
    established,
    newcomers: [newest, ...more],
    evidence: compare(established, newest).evidence,
  };
}

interface Sign {
  /** Below zero if the first of two was there first, zero if it does not tell. */
  readonly order: number;
  readonly evidence: string;
}

function compare(a: Definition, b: Definition): Sign {
  const earlier = a.oldestPushSeconds - b.oldestPushSeconds;
  const signs: readonly Sign[] = [
    {
      order: Math.abs(earlier) > CLEARLY_EARLIER_SECONDS ? earlier : 0,
      evidence: "the other side has a group with an older push",
    },
    {
      order: b.mostPushes - a.mostPushes,
      evidence: "the lives of the other side have pushed more often",
    },
    { order: b.groups - a.groups, evidence: "the other side has more groups" },
  ].filter(({ order }) => order !== 0);
  const balance = signs.reduce((sum, { order }) => sum + Math.sign(order), 0);
  // Of two that contradict each other, the first weighs more.
  const order = balance === 0 ? (signs[0]?.order ?? 0) : balance;
  const agreeing = signs.filter((sign) => Math.sign(sign.order) === Math.sign(order));
  const contrary = signs.length > agreeing.length;
  if (agreeing.length > 0)
    return {
      order,
      evidence: `${agreeing.map(({ evidence }) => evidence).join(", and ")}${contrary ? "; but not all tells the same" : ""}`,
    };
  return {
    order: a.newestPushSeconds - b.newestPushSeconds,
    evidence: "it was pushed last; nothing else tells the sides apart",
  };
}
