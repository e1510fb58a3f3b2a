// The Worker with metrics, as it was first deployed.
import { measuredWith } from "./versions.js";

export const { Orders, Basket, Fulfilment, handlers } = measuredWith([1, 10, 100]);

export { Control, PrefreezeAggregator } from "./aggregator.js";
export { handlers as default };
