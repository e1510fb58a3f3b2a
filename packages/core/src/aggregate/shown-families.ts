import { type Family, LEASE_MS } from "./family.js";
import { sampleNames } from "./sample-names.js";

/**
 * The families of an output. If two that differ have series with the same name, the newest is shown: the one first
 * seen last among those that an instance has used within the lease, or the one that was used last.
 *
 * @param families in the order in which they were first seen, group by group
 */
export function shownFamilies(families: readonly Family[], atMs: number): Set<Family> {
  const isUsed = ({ usedAtMs }: Family) => usedAtMs > atMs - LEASE_MS;
  const order = new Map(families.map((family, i) => [family, i]));
  const newestFirst = families.toSorted((a, b) => {
    if (isUsed(a) !== isUsed(b)) return isUsed(a) ? -1 : 1;
    return (isUsed(a) ? 0 : b.usedAtMs - a.usedAtMs) || order.get(b)! - order.get(a)!;
  });
  const taken = new Map<string, string>();
  const shown = newestFirst.filter((family) => {
    // Several groups can have it.
    const metric = `${family.type} ${family.name}`;
    const names = sampleNames(family);
    if (names.some((name) => (taken.get(name) ?? metric) !== metric)) return false;
    for (const name of names) taken.set(name, metric);
    return true;
  });
  return new Set(shown);
}
