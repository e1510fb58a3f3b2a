// For aggregators: processes that keep the totals of many instances.
export {
  type Aggregate,
  type AggregateOptions,
  type Answer,
  createAggregate,
  type GroupSummary,
  type LifePush,
} from "./aggregate/aggregate.js";
export { PIECES_FORMAT } from "./aggregate/pieces.js";
export type { View } from "./aggregate/group.js";
export { pieceName, type PieceName } from "./aggregate/pieces.js";
export { MalformedSnapshot } from "./aggregate/malformed-snapshot.js";
export type { GroupingKey } from "./target/grouping-key.js";
export { pushedGroup, type PushedGroup } from "./aggregate/pushed-group.js";
export { createGroupSender, type GroupSender } from "./upstream/group-sender.js";
export { gatewayStart, SETTLE_MS } from "./upstream/gateway-start.js";
export { groupPath, parseGroupingKeyPath } from "./target/parse-grouping-key.js";
