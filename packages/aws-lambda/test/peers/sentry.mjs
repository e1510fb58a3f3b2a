// Sentry and prefreeze in the same functions, with Sentry around the wrapper and within it.
import { counter, instrument } from "@prefreeze/aws-lambda";
import * as Sentry from "@sentry/aws-serverless";

Sentry.init({ dsn: process.env.SENTRY_DSN, tracesSampleRate: 1 });

const orders = counter({ name: "orders_total", help: "Orders accepted." });

async function shop(event) {
  orders.inc();
  if (event.throws) throw new RangeError("no");
  return { ok: true };
}

function callsBack(event, _context, callback) {
  orders.inc();
  if (event.throws) callback(new RangeError("no"));
  else callback(null, { ok: true });
}

export const outside = Sentry.wrapHandler(instrument(shop));
export const inside = instrument(Sentry.wrapHandler(shop));
export const callbackOutside = Sentry.wrapHandler(instrument(callsBack));
export const callbackInside = instrument(Sentry.wrapHandler(callsBack));
