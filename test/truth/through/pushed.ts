import type { Snapshot } from "./snapshot.js";
import { addTo, type Values } from "./series.js";

/** What becomes of a push at an aggregator. `lost`: the aggregator was killed before it answered. */
export type Answer = "applied" | "unknown life" | "lost";

/** By environment, then by series. */
export type ByEnvironment = ReadonlyMap<string, Values>;

/** What the aggregators were given, as the run saw it between the instances and them. */
export interface Pushed {
  /** @param at the state that the push met: another one for each aggregator, and after each loss of a state */
  answered(snapshot: Snapshot, at: string, answer: Answer): void;
  /** What the aggregators must have counted, if they count right. */
  counted(): ByEnvironment;
  /** The same for one state. */
  countedAt(at: string): Values;
  /**
   * What was counted twice because nobody could decide: a push in doubt was applied to one state, and the next push
   * of its instance met another one. Exactly the growth that the instance did not know to be acknowledged.
   */
  undecided(): ByEnvironment;
  /** The lives of which something was counted twice because nobody could decide. */
  undecidedLives(): number;
  /** What the killed aggregators may have counted besides, since nobody saw their answers. */
  unseen(): Values;
}

interface Life {
  readonly environment: string;
  /** In the order of their first push. */
  readonly order: number;
  /** By sequence. */
  readonly snapshots: Map<number, Values>;
  /** The newest sequence that each state has applied. */
  readonly applied: Map<string, number>;
  /** The newest sequence that each state may have applied. */
  readonly unanswered: Map<string, number>;
  newest: Snapshot;
  newestRefused: boolean;
  /** A state applied a push although it could not know what was acknowledged. That is no matter of doubt. */
  wronglyApplied: boolean;
}

const NOTHING: Values = new Map();

export function createPushed(): Pushed {
  const lives = new Map<string, Life>();

  function lifeOf(snapshot: Snapshot): Life {
    const known = lives.get(snapshot.life);
    if (known) return known;
    const life: Life = {
      environment: snapshot.environment,
      order: lives.size,
      snapshots: new Map(),
      applied: new Map(),
      unanswered: new Map(),
      newest: snapshot,
      newestRefused: false,
      wronglyApplied: false,
    };
    lives.set(snapshot.life, life);
    return life;
  }

  /** What the instance itself took as counted when it went on: with this life, or with the next one. */
  function legitimate(life: Life): Values {
    const renewed =
      life.newestRefused &&
      [...lives.values()].some(
        ({ environment, order }) => environment === life.environment && order > life.order,
      );
    const sequence = renewed ? life.newest.acknowledged : Math.max(0, ...life.applied.values());
    return life.snapshots.get(sequence) ?? NOTHING;
  }

  function sums(
    of: (life: Life, add: (values: Values, factor?: number) => void) => void,
  ): ByEnvironment {
    const byEnvironment = new Map<string, Map<string, number>>();
    for (const life of lives.values()) {
      const values = byEnvironment.get(life.environment) ?? new Map<string, number>();
      byEnvironment.set(life.environment, values);
      of(life, (added, factor) => addTo(values, added, factor));
    }
    return byEnvironment;
  }

  const appliedOf = (life: Life) =>
    [...life.applied.values()].map((sequence) => life.snapshots.get(sequence) ?? NOTHING);

  /** What was counted twice of a life because nobody could decide. */
  function undecidedOf(life: Life): Values {
    const twice = new Map<string, number>();
    if (life.wronglyApplied) return twice;
    for (const values of appliedOf(life)) addTo(twice, values);
    if (life.applied.size > 0) addTo(twice, legitimate(life), -1);
    return twice;
  }

  return {
    answered(snapshot, at, answer) {
      const life = lifeOf(snapshot);
      const { sequence, values } = snapshot;
      life.snapshots.set(sequence, values);
      const known = Math.max(life.applied.get(at) ?? 0, life.unanswered.get(at) ?? 0);
      if (answer === "applied" && snapshot.acknowledged > known) life.wronglyApplied = true;
      if (answer === "applied") life.applied.set(at, Math.max(sequence, life.applied.get(at) ?? 0));
      if (answer === "lost")
        life.unanswered.set(at, Math.max(sequence, life.unanswered.get(at) ?? 0));
      if (sequence < life.newest.sequence) return;
      life.newest = snapshot;
      life.newestRefused = answer === "unknown life";
    },
    counted: () => sums((life, add) => appliedOf(life).forEach((values) => add(values))),
    countedAt(at) {
      const total = new Map<string, number>();
      for (const { applied, snapshots } of lives.values())
        addTo(total, snapshots.get(applied.get(at) ?? 0) ?? NOTHING);
      return total;
    },
    undecided: () => sums((life, add) => add(undecidedOf(life))),
    undecidedLives: () =>
      [...lives.values()].filter((life) =>
        [...undecidedOf(life).values()].some((value) => value > 0),
      ).length,
    unseen() {
      const total = new Map<string, number>();
      for (const { unanswered, applied, snapshots } of lives.values())
        for (const [at, sequence] of unanswered) {
          const known = applied.get(at) ?? 0;
          if (sequence <= known) continue;
          addTo(total, snapshots.get(sequence) ?? NOTHING);
          addTo(total, snapshots.get(known) ?? NOTHING, -1);
        }
      return total;
    },
  };
}
