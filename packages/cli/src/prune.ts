// What a scheduled function imports: standard web JavaScript, without the rest of the command line.
export type { Pushgateway } from "./arguments/pushgateway-option.js";
export type { Labels } from "./groups/group.js";
export { ServerFault } from "./groups/server-fault.js";
export {
  pruneGroups,
  type PrunedGroup,
  type PruneOptions,
  type PruneReport,
} from "./prune/prune.js";
