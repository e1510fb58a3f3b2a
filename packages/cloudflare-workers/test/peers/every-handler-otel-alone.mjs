import { instrument as otel, instrumentDO } from "@microlabs/otel-cf-workers";
import * as bare from "./every-handler.mjs";
import { options } from "./otel-options.mjs";

export { Adder, Billing } from "./every-handler.mjs";
export const Shop = instrumentDO(bare.Shop, options);
export default otel(bare.handlers, options);
