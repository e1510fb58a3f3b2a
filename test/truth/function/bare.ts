// The handler without any metrics.
import { order, type OrderEvent } from "./order.js";

export const handler = (event: OrderEvent) => order(event, () => undefined);
