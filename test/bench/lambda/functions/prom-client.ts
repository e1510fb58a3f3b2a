import { Pushgateway } from "prom-client";
import { promClientMetrics } from "../../workloads/prom-client-metrics.js";
import { reportCpu } from "./cpu-report.js";

const { registry, record, flushed } = promClientMetrics();
// With Node's own agent, which keeps connections and gives up after 5 s of silence.
const gateway = new Pushgateway(process.env["PUSHGATEWAY_URL"] ?? "", {}, registry);

let invocations = 0;

export const handler = async () => {
  const startedMs = performance.now();
  record(invocations, invocations++ % 2 === 0 ? "free" : "pro", startedMs);
  await gateway.pushAdd({ jobName: "bench", groupings: { instance: "bench-1" } });
  flushed();
  return reportCpu();
};
