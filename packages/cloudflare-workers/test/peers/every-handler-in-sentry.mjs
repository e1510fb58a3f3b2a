import {
  instrument,
  instrumentDurableObject,
  instrumentEntrypoint,
  instrumentWorkflow,
} from "@prefreeze/cloudflare-workers";
import * as Sentry from "@sentry/cloudflare";
import * as bare from "./every-handler.mjs";
import { options } from "./sentry-options.mjs";

export const Adder = Sentry.withSentry(options, instrumentEntrypoint(bare.Adder));
export const Billing = Sentry.instrumentWorkflowWithSentry(
  options,
  instrumentWorkflow(bare.Billing),
);
export const Shop = Sentry.instrumentDurableObjectWithSentry(
  options,
  instrumentDurableObject(bare.Shop),
);
export default Sentry.withSentry(options, instrument(bare.handlers));
