import { groupPath, parseGroupingKeyPath } from "@prefreeze/core/aggregate";

/** The group and the life that a path names. */
export interface PushedGroup {
  /** The path of the group without the instance: by it, an aggregate knows the group. */
  readonly group: string;
  /** The instance id. */
  readonly life: string;
}

/** @returns what the path names, or why it is not the path of a life */
export function pushedGroup(path: string): PushedGroup | TypeError {
  try {
    const { instance, ...labels } = parseGroupingKeyPath(decoded(path));
    return { group: groupPath(labels), life: instance };
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
