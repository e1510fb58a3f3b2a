import * as Sentry from "@sentry/cloudflare";
import * as bare from "./every-handler.mjs";
import { options } from "./sentry-options.mjs";

export const Adder = Sentry.withSentry(options, bare.Adder);
export const Billing = Sentry.instrumentWorkflowWithSentry(options, bare.Billing);
export const Shop = Sentry.instrumentDurableObjectWithSentry(options, bare.Shop);
export default Sentry.withSentry(options, bare.handlers);
