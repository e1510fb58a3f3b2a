// The small Worker of the benchmark with otel-cf-workers, every request of which is traced.
import { instrument } from "@microlabs/otel-cf-workers";
import { shop } from "../../../../test/bench/workers/functions/shop.js";

export default instrument({ ...shop }, ({ SINK }) => ({
  exporter: { url: `http://${SINK}/v1/traces` },
  service: { name: "shop" },
}));
