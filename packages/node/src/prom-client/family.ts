import {
  defineForeign,
  type Metric,
  type Owner,
  ownerOf,
  releaseName,
  reserveName,
  warnOnce,
} from "@prefreeze/core/adapter";
import { createLabelMap } from "./label-map.js";
import { pushedNameOf } from "./pushed-name.js";
import type { Point, Reading } from "./reading.js";
import { createShown, type Shown } from "./shown.js";

/** One metric of another library, whose values are written to the totals. */
export interface Family {
  /** Reserves its name. @returns who has it already; undefined if nobody has */
  reserve(): string | undefined;
  /** Gives its name back. */
  release(): void;
  /** Writes what it shows now. Series that it does not show any more are gone. */
  take(reading: Reading): void;
}

const MAX_HELP_LENGTH = 1_024;

/** @param owner who has the metric */
export function createFamily(owner: Owner, { name, type }: Pick<Reading, "name" | "type">): Family {
  const labels = createLabelMap();
  const pushedName = pushedNameOf(type, name);
  /** The series that it has shown, by their label values. */
  const shown = new Map<string, Shown>();
  /**
   * The same, by the object that the library keeps its labels in, if it keeps one. If a program changes labels that it
   * has passed, several series have one object.
   */
  const shownBy = new WeakMap<object, readonly Shown[]>();
  let metric: Metric | undefined;
  let round = 0;

  function warn(fault: string): undefined {
    warnOnce(`foreign ${name} ${fault}`, `metric "${name}" of ${owner.library} ${fault}`);
  }

  function define({ help, aggregate, points: [first] }: Reading): Metric | undefined {
    if (pushedName === undefined) return warn("is not pushed: its name is reserved or not allowed");
    const other = reserve();
    if (other) return warn(`is not pushed: ${other} has it, too: rename one of them`);
    if (pushedName !== name) warn(`is pushed as "${pushedName}"`);
    try {
      return defineForeign(type, {
        name: pushedName,
        help: (help || name).slice(0, MAX_HELP_LENGTH),
        labelNames: labels.names(),
        buckets: type === "histogram" || type === "summary" ? first!.bounds : undefined,
        aggregate: type === "gauge" ? (aggregate ?? "last") : undefined,
      });
    } catch {
      return warn("is not pushed: it had another type before");
    }
  }

  function reserve(): string | undefined {
    return pushedName === undefined ? undefined : reserveName(pushedName, owner);
  }

  /** The metric, with all labels that the reading has; undefined if it cannot be pushed. */
  function metricFor(reading: Reading): Metric | undefined {
    let hasNewLabels = false;
    for (const { labels: each } of reading.points) {
      if (!shownBy.get(each)?.[0]?.isPlaced) hasNewLabels = labels.note(each) || hasNewLabels;
    }
    if (!metric) return reading.points.length > 0 ? (metric = define(reading)) : undefined;
    // In development, another registry may have taken over.
    if (ownerOf(pushedName!) !== owner) return undefined;
    if (hasNewLabels) {
      labels.addTo(metric);
      // The series are other objects now.
      for (const each of shown.values()) each.unplace();
    }
    return metric;
  }

  function showing(of: Metric, point: Point): Shown {
    const known = shownBy.get(point.labels) ?? [];
    const next = known.find(({ isPlaced, round: last }) => isPlaced && last !== round);
    if (next) return next;
    const values = labels.valuesOf(of, point.labels);
    // Without the empty ones at the end, of which a new label makes more.
    let key = values
      .map((value) => `${value.length}:${value}`)
      .join("")
      .replace(/(0:)+$/, "");
    // A label that is empty, and one that is missing, are two series to other libraries, and one to Prometheus.
    while (shown.get(key)?.round === round) key += " ";
    let each = shown.get(key);
    if (!each) shown.set(key, (each = createShown()));
    shownBy.set(point.labels, [...known.filter(({ isPlaced }) => isPlaced), each]);
    each.place(of, values);
    return each;
  }

  return {
    reserve,
    release() {
      if (pushedName !== undefined) releaseName(pushedName, owner);
    },
    take(reading) {
      const { isDelta, points } = reading;
      const of = metricFor(reading);
      if (!of) return;
      if (reading.note) warn(reading.note);
      round++;
      for (const point of points) {
        const each = showing(of, point);
        each.round = round;
        const fault = each.take(point, isDelta);
        if (fault) warn(fault);
      }
      if (isDelta) return;
      for (const [key, each] of shown) {
        if (each.round === round) continue;
        each.end();
        shown.delete(key);
      }
    },
  };
}
