import { createHash } from "node:crypto";

/** Random numbers from a seed, so that a run can be repeated. */
export interface Random {
  /** At least 0 and below 1. */
  next(): number;
  /** An integer from `least` to `most`, both included. */
  between(least: number, most: number): number;
  chance(probability: number): boolean;
  oneOf<T>(choices: readonly T[]): T;
  /** The same values in random order. */
  shuffled<T>(values: readonly T[]): T[];
}

/** @param purpose each purpose has its own sequence, unaffected by how many numbers another one takes */
export function randomOf(seed: number, purpose = ""): Random {
  let taken = 0;
  const next = () => {
    const digest = createHash("sha256").update(`${purpose} ${seed} ${taken++}`).digest();
    return digest.readUInt32BE() / 2 ** 32;
  };
  const between = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    between,
    chance: (probability) => next() < probability,
    oneOf: (choices) => choices[between(0, choices.length - 1)]!,
    shuffled: (values) =>
      values
        .map((value) => ({ value, order: next() }))
        .sort((a, b) => a.order - b.order)
        .map(({ value }) => value),
  };
}
