import { exportedFamilies } from "./exported-families.js";
import { samplesOf } from "../text/samples.js";
import { PUSH_FAILURE_TIME, PUSH_TIME } from "./push-times.js";
import type { StoredGroup } from "./stored-group.js";
import type { FamilyType } from "../text/metric-family.js";

/** A group: the metrics pushed under one grouping key. */
export interface Group {
  /** The grouping labels, `job` among them. */
  readonly labels: Readonly<Record<string, string>>;
  /** False if the newest push to the group was refused. */
  readonly lastPushSuccessful: boolean;
  /** Unix time in seconds of the last accepted push; undefined if there was none. */
  readonly pushTimeSeconds: number | undefined;
  /** Unix time in seconds of the last refused push; undefined if there was none. */
  readonly pushFailureTimeSeconds: number | undefined;
  /** The pushed metrics, sorted by name. */
  readonly families: readonly GroupFamily[];
}

/** A metric family of a group. */
export interface GroupFamily {
  /** The name, without the suffixes of samples. */
  readonly name: string;
  /** The type; `untyped` if the push gave none. */
  readonly type: FamilyType;
  /** The help text; undefined if the push gave none. */
  readonly help: string | undefined;
  /** The samples, in the order of the push. */
  readonly samples: readonly GroupSample[];
}

/** One sample, a line of the text format. */
export interface GroupSample {
  /** The name, with its suffix `_bucket`, `_sum` or `_count` if it has one. */
  readonly name: string;
  /** Its own labels and the grouping labels. */
  readonly labels: Readonly<Record<string, string>>;
  /** The value, as it was pushed. */
  readonly value: number;
}

/** Copies a stored group for the caller. */
export function groupOf(group: StoredGroup): Group {
  const { pushTimeSeconds, pushFailureTimeSeconds } = group;
  return {
    labels: Object.fromEntries(group.labels),
    lastPushSuccessful: pushFailureTimeSeconds <= pushTimeSeconds,
    pushTimeSeconds: pushTimeSeconds === 0 ? undefined : pushTimeSeconds,
    pushFailureTimeSeconds: pushFailureTimeSeconds === 0 ? undefined : pushFailureTimeSeconds,
    families: exportedFamilies(group)
      .filter(({ name }) => name !== PUSH_TIME && name !== PUSH_FAILURE_TIME)
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((family) => ({
        name: family.name,
        type: family.type,
        help: family.help,
        samples: samplesOf(family).map(({ name, labels, value }) => ({
          name,
          labels: Object.fromEntries(labels),
          value,
        })),
      })),
  };
}
