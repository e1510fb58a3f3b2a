import { expect, onTestFinished, test, vi } from "vitest";
import { foundPrograms } from "../pushgateway/programs.mjs";
import { startRealGateway } from "../pushgateway/real.js";
import { startPrometheus } from "./prometheus.js";

test.each(await foundPrograms("prometheus"))(
  "a whole bound that is pushed as text is a float in Prometheus 3, and its text before: $version",
  async ({ version, path: program }) => {
    await using gateway = await startRealGateway();
    const body = `# TYPE size_bytes histogram
size_bytes_bucket{le="0.5"} 1
size_bytes_bucket{le="1"} 2
size_bytes_bucket{le="+Inf"} 3
size_bytes_sum 4
size_bytes_count 3
`;
    const put = await fetch(`${gateway.url}/metrics/job/a/instance/b`, { method: "PUT", body });
    expect(put.status).toBe(200);
    const prometheus = await startPrometheus(gateway.url, { program });
    onTestFinished(async () => void (await prometheus.stop()));
    const bounds = async () =>
      (await prometheus.query("size_bytes_bucket")).map(({ labels }) => labels["le"]).sort();
    const whole = Number.parseInt(version, 10) >= 3 ? "1.0" : "1";
    await vi.waitFor(async () => expect(await bounds()).toEqual(["+Inf", "0.5", whole].sort()), {
      timeout: 15_000,
      interval: 100,
    });
    expect(await prometheus.query('size_bytes_bucket{le="1"}')).toHaveLength(whole === "1" ? 1 : 0);
  },
  60_000,
);
