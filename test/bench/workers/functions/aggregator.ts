// The wrapped Worker with the aggregator object.
export { PrefreezeAggregator } from "@prefreeze/cloudflare-workers/aggregator";
export { default } from "./prefreeze.js";
