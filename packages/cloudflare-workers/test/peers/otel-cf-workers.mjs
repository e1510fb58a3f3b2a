import { instrument } from "@microlabs/otel-cf-workers";
import { worker } from "./worker.mjs";

const exporter = {
  export(spans, done) {
    for (const { name } of spans) console.log(`otel traced ${name}`);
    done({ code: 0 });
  },
  shutdown: async () => undefined,
};
export default instrument(worker(), () => ({ exporter, service: { name: "shop" } }));
