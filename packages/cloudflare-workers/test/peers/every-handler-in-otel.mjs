import { instrument as otel, instrumentDO } from "@microlabs/otel-cf-workers";
import {
  instrument,
  instrumentDurableObject,
  instrumentEntrypoint,
  instrumentWorkflow,
} from "@prefreeze/cloudflare-workers";
import * as bare from "./every-handler.mjs";
import { options } from "./otel-options.mjs";

// It has nothing for these.
export class Adder extends instrumentEntrypoint(bare.Adder) {}
export const Billing = instrumentWorkflow(bare.Billing);
export const Shop = instrumentDO(class Shop extends instrumentDurableObject(bare.Shop) {}, options);
export default otel(instrument(bare.handlers), options);
