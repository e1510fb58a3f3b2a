import { checkLabel, type GroupingKey, groupingKeyPath } from "./grouping-key.js";

/** A label of a group, and its value; both without a `/`. */
const LABEL = /\/([^/@]*)(@base64)?\/([^/]*)/y;

/**
 * Reads the path of a group, as `groupingKeyPath` writes it. Other ways to write the same labels are read as well:
 * another order, padding, base64 of plain values.
 *
 * @param path below the gateway's address, without a query
 * @throws TypeError if it is not the path of a group, or if the group could break the gateway
 */
export function parseGroupingKeyPath(path: string): GroupingKey {
  const { job = "", instance = "", ...grouping } = labelsOf(path);
  const key = { job, instance, grouping };
  groupingKeyPath(key);
  return key;
}

/**
 * The path of a group without its instance: the group of a job's totals.
 *
 * @throws TypeError if the group could break the gateway
 */
export function groupPath({ job, grouping }: Omit<GroupingKey, "instance">): string {
  return groupingKeyPath({ job, instance: "_", grouping }).replace("/instance/_", "");
}

/**
 * Reads what `groupPath` wrote.
 *
 * @throws TypeError as `parseGroupingKeyPath` does
 */
export function parseGroupPath(path: string): Record<string, string> {
  const { job = "", instance, ...grouping } = labelsOf(path);
  if (instance !== undefined || groupPath({ job, grouping }) !== path)
    throw new TypeError("prefreeze: the path is not that of a job's group");
  return { job, ...grouping };
}

function labelsOf(path: string): Record<string, string> {
  // Without a prototype: a label can have any name.
  const labels = Object.create(null) as Record<string, string>;
  LABEL.lastIndex = path.startsWith("/metrics/") ? "/metrics".length : path.length;
  let first = true;
  while (LABEL.lastIndex < path.length || first) {
    const [, name = "", encoded, text = ""] = LABEL.exec(path) ?? [];
    if (!name || (first && name !== "job"))
      throw new TypeError("prefreeze: the path is not that of a group");
    if (name in labels) throw new TypeError(`prefreeze: the path has the label "${name}" twice`);
    const value = encoded ? decoded(name, text) : text;
    if (!encoded && !/^[\w-]*$/.test(text))
      throw new TypeError(`prefreeze: the value of label "${name}" in the path needs base64`);
    if (name !== "job" && name !== "instance") checkLabel(name, value);
    else if (!value) throw new TypeError("prefreeze: a group needs a job and an instance");
    labels[name] = value;
    first = false;
  }
  return labels;
}

function decoded(name: string, text: string): string {
  try {
    const bytes = atob(text.replace(/=+$/, "").replaceAll("-", "+").replaceAll("_", "/"));
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)),
    );
  } catch {
    throw new TypeError(
      `prefreeze: the value of label "${name}" in the path is not base64url of UTF-8`,
    );
  }
}
