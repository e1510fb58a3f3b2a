// The handler without metrics.
import type { Context } from "aws-lambda";
import { order, type OrderEvent } from "./order.js";

const NOTHING = { accepted: () => undefined, sized: () => undefined };

export const handler = (event: OrderEvent, context: Context) => order(event, context, NOTHING);
