// The Worker without metrics.
import { classesWith } from "./classes.js";
import { handlersWith } from "./handlers.js";

const NOTHING = { accepted: () => undefined, sized: () => undefined };

export const { Orders, Basket, Fulfilment } = classesWith(NOTHING);

export default handlersWith(NOTHING);
