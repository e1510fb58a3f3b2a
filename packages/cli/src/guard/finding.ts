import type { Labels } from "../groups/group.js";
import type { SeenGroup } from "./census.js";

/**
 * How bad it is: every scrape of the gateway fails, or Prometheus refuses what it gets; Prometheus keeps one of two series;
 * the gateway refuses pushes; or something to know.
 */
export type Severity = "breaks-scrapes" | "loses-series" | "refused" | "note";

/** What is wrong with what a Pushgateway holds. */
export interface Finding {
  /** The kind of fault. */
  readonly kind:
    | "type-conflict"
    | "name-collision"
    | "duplicate-series"
    | "empty-label-value"
    | "reserved-label"
    | "label-not-utf8"
    | "empty-metric-name"
    | "refused-push"
    | "help-conflict"
    | "unknown";
  /** What it does to scrapes. */
  readonly severity: Severity;
  /** What it is, in one sentence. */
  readonly what: string;
  /** The metric at fault, if it is known. */
  readonly metric?: string;
  /** The sides that do not go together. */
  readonly sides: readonly Side[];
  /** Why one side is taken for the newcomer. */
  readonly evidence?: string;
  /** How to mend it for good. */
  readonly mend: string;
  /** The groups whose deletion mends it until they are pushed again: those of the newcomer, or of the side at fault. */
  readonly removable: readonly Removable[];
}

/** A metric, or a label, as some groups have it. */
export interface Side {
  /** Who was there first, who came later, the gateway itself, or whose fault it is whatever others have. */
  readonly role: "established" | "newcomer" | "gateway" | "at-fault";
  /** The metric's name. */
  readonly metric?: string;
  /** The metric's type. */
  readonly type?: string;
  /** The metric's help. */
  readonly help?: string;
  /** How many groups have it. */
  readonly groups: number;
  /** Five of them at most. */
  readonly examples: readonly SeenGroup[];
}

/** A group that can be deleted. */
export interface Removable {
  /** A value that is not UTF-8 has U+FFFD in the place of what is not. */
  readonly labels: Labels;
  /** Its path below the gateway's address, exactly. */
  readonly path: string;
}
