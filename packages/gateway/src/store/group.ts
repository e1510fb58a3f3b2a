import { exportedFamilies } from "./exported-families.js";
import { samplesOf } from "../text/samples.js";
import { PUSH_FAILURE_TIME, PUSH_TIME } from "./push-times.js";
import type { StoredGroup } from "./stored-group.js";
import type { FamilyType } from "../text/metric-family.js";

/** A group: what was pushed under one set of grouping labels. */
export interface Group {
  /** The grouping labels, `job` among them. */
  readonly labels: Readonly<Record<string, string>>;
  /** False when the newest push to the group was refused. */
  readonly lastPushSuccessful: boolean;
  /** When the last push succeeded. */
  readonly pushTimeSeconds: number | undefined;
  /** When the last push was refused. */
  readonly pushFailureTimeSeconds: number | undefined;
  /** What was pushed, sorted by name. */
  readonly families: readonly GroupFamily[];
}

/** The series of one name in a group. */
export interface GroupFamily {
  readonly name: string;
  readonly type: FamilyType;
  readonly help: string | undefined;
  readonly samples: readonly GroupSample[];
}

/** One line of the text format. */
export interface GroupSample {
  /** With `_bucket`, `_sum` and `_count` where there is one. */
  readonly name: string;
  /** Its own and the grouping labels. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A copy of the group for the caller's eyes. */
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
