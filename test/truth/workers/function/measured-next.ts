// The Worker with metrics, as it was deployed later: the histogram has other bounds.
import { measuredWith } from "./versions.js";

export const { Orders, Basket, Fulfilment, handlers } = measuredWith([1, 10, 25, 200]);

export { Control, PrefreezeAggregator } from "./aggregator.js";
export { handlers as default };
