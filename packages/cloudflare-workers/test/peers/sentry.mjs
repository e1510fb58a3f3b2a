import * as Sentry from "@sentry/cloudflare";
import { worker } from "./worker.mjs";

const transport = () => ({
  async send([, items]) {
    for (const [{ type }, item] of items)
      console.log(`sentry got ${type} ${item.transaction ?? item.exception.values[0].type}`);
    return {};
  },
  flush: async () => true,
});

export default Sentry.withSentry(
  () => ({
    dsn: "http://key@127.0.0.1/1",
    tracesSampleRate: 1,
    traceLifecycle: "static",
    transport,
  }),
  worker(),
);
