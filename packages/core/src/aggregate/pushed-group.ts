import { groupPath, parseGroupingKeyPath } from "../target/parse-grouping-key.js";

/** The group and the life that a path names. */
export interface PushedGroup {
  /** The path of the group without the instance: by it, an aggregate knows the group. */
  readonly group: string;
  /** The instance id. */
  readonly life: string;
}

/**
 * Reads the path of a push.
 *
 * @param name the value of the label `aggregator` of all groups, if they have one. Then a changed name begins new
 *   groups, and the sums over both stay right.
 * @returns what the path names, or why it is not the path of a life
 */
export function pushedGroup(path: string, name: string | undefined): PushedGroup | TypeError {
  try {
    const { instance, job, grouping } = parseGroupingKeyPath(decoded(path));
    if (name === undefined) return { group: groupPath({ job, grouping }), life: instance };
    if (Object.hasOwn(grouping, "aggregator"))
      throw new TypeError(`the grouping label "aggregator" is the aggregator's own: rename yours`);
    const labels = { ...grouping, aggregator: name };
    return { group: groupPath({ job, grouping: labels }), life: instance };
  } catch (error) {
    return error as TypeError;
  }
}

function decoded(path: string): string {
  if (!path.includes("%")) return path;
  try {
    return decodeURIComponent(path);
  } catch (error) {
    throw new TypeError("the path has a % that encodes nothing", { cause: error });
  }
}
