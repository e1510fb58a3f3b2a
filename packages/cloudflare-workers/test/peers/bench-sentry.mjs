// The small Worker of the benchmark with Sentry, every request of which is traced.
import * as Sentry from "@sentry/cloudflare";
import { shop } from "../../../../test/bench/workers/functions/shop.js";

export default Sentry.withSentry(
  ({ SINK }) => ({ dsn: `http://key@${SINK}/1`, tracesSampleRate: 1 }),
  {
    ...shop,
  },
);
