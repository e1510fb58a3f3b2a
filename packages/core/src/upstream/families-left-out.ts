import { stopwatch } from "../runtime/stopwatch.js";
import type { Conflict } from "../target/conflict.js";

/** By then, the other metric of that name may be gone. */
const LEFT_OUT_MS = 1_800_000;

/** The families that the gateway refuses beside those of another group. A group goes without them. */
export interface FamiliesLeftOut {
  /** How many there are. */
  readonly size: number;
  /** @returns the text of a group without them */
  without(text: string): string;
  /** @returns the families of `text` that are left out from now on, though they were not before */
  add(conflicts: readonly Conflict[], text: string): string[];
}

export function createFamiliesLeftOut(): FamiliesLeftOut {
  /** By name, how long each has been left out, in milliseconds. */
  const sinceMs = new Map<string, () => number>();
  return {
    get size() {
      return sinceMs.size;
    },
    without(text) {
      for (const [name, outMs] of sinceMs) if (outMs() >= LEFT_OUT_MS) sinceMs.delete(name);
      if (sinceMs.size === 0) return text;
      return familiesOf(text)
        .filter(({ name }) => !sinceMs.has(name))
        .map(({ text: family }) => family)
        .join("");
    },
    add(conflicts, text) {
      const names = new Set(conflicts.flatMap((conflict) => conflict.names));
      const added = familiesOf(text)
        .map(({ name }) => name)
        .filter((name) => names.has(name) && !sinceMs.has(name));
      for (const name of added) sinceMs.set(name, stopwatch());
      return added;
    },
  };
}

/** The families of a text, each with the type that it tells. */
export function familiesOf(
  text: string,
): { readonly name: string; readonly type: string; readonly text: string }[] {
  return text.split(/^(?=# HELP )/m).map((family) => {
    const [, name = "", type = ""] = /^# TYPE (\S+) (\S+)$/m.exec(family) ?? [];
    return { name, type, text: family };
  });
}
