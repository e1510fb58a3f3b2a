import { type Family, LEASE_MS } from "./family.js";
import type { Group } from "./group.js";
import { sampleNames } from "./sample-names.js";

/**
 * The families of a group's output, by name. If two have series with the same name, the newest is shown: the one
 * first seen last among those that an instance has used within the lease, or the one that was used last.
 */
export function shownFamilies({ families }: Group, atMs: number): Family[] {
  const isUsed = ({ usedAtMs }: Family) => usedAtMs > atMs - LEASE_MS;
  const order = new Map(families.map((family, i) => [family, i]));
  const newestFirst = families.toSorted((a, b) => {
    if (isUsed(a) !== isUsed(b)) return isUsed(a) ? -1 : 1;
    return (isUsed(a) ? 0 : b.usedAtMs - a.usedAtMs) || order.get(b)! - order.get(a)!;
  });
  const taken = new Set<string>();
  const shown = newestFirst.filter((family) => {
    const names = sampleNames(family);
    if (names.some((name) => taken.has(name))) return false;
    for (const name of names) taken.add(name);
    return true;
  });
  return shown.sort((a, b) => (a.name < b.name ? -1 : 1));
}
