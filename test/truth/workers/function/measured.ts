// The Worker with metrics, as it was first deployed.
import { measuredWith } from "./versions.js";

export const { Orders, Basket, Fulfilment, handlers } = measuredWith([1, 10, 100]);

export { handlers as default };
