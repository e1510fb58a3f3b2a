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
export const Adder = instrumentEntrypoint(bare.Adder);
export const Billing = instrumentWorkflow(bare.Billing);
export const Shop = instrumentDurableObject(instrumentDO(bare.Shop, options));
export default instrument(otel(bare.handlers, options));
