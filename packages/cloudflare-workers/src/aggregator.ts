export { PrefreezeAggregator } from "./aggregator/prefreeze-aggregator.js";
export type { TakenPush } from "./aggregator/prefreeze-aggregator.js";
