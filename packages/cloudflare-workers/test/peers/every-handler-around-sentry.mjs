import {
  instrument,
  instrumentDurableObject,
  instrumentEntrypoint,
  instrumentWorkflow,
} from "@prefreeze/cloudflare-workers";
import * as Sentry from "@sentry/cloudflare";
import * as bare from "./every-handler.mjs";
import { options } from "./sentry-options.mjs";

export const Adder = instrumentEntrypoint(Sentry.withSentry(options, bare.Adder));
export const Billing = instrumentWorkflow(
  Sentry.instrumentWorkflowWithSentry(options, bare.Billing),
);
export class Shop extends instrumentDurableObject(
  Sentry.instrumentDurableObjectWithSentry(options, bare.Shop),
) {}
export default instrument(Sentry.withSentry(options, bare.handlers));
