import { sortedLabels, type Labels } from "../text/metric-family.js";
import { PUSH_FAILURE_TIME, PUSH_TIME } from "./push-times.js";
import type { StoredFamily, StoredGroup } from "./stored-group.js";

const PUSH_TIME_HELP = "Last Unix time when changing this group in the Pushgateway succeeded.";
const PUSH_FAILURE_TIME_HELP = "Last Unix time when changing this group in the Pushgateway failed.";

/** @returns what a group exports: the pushed families and the two push times */
export function exportedFamilies(group: StoredGroup): StoredFamily[] {
  const time = (name: string, help: string, value: number): StoredFamily => ({
    name,
    help,
    type: "gauge",
    pushedAtSeconds: Math.max(group.pushTimeSeconds, group.pushFailureTimeSeconds),
    series: [
      {
        labels: exportedLabels(group.labels),
        value,
        points: [],
        sum: 0,
        count: 0,
        hasTimestamp: false,
      },
    ],
  });
  return [
    ...group.families.values(),
    time(PUSH_TIME, PUSH_TIME_HELP, group.pushTimeSeconds),
    time(PUSH_FAILURE_TIME, PUSH_FAILURE_TIME_HELP, group.pushFailureTimeSeconds),
  ];
}

/** @returns the labels of an exported series: its own, overridden by the grouping labels, and an empty `instance` if neither has one */
export function exportedLabels(grouping: Labels, own: Labels = new Map()): Labels {
  return sortedLabels(new Map([["instance", ""], ...own, ...grouping]));
}
