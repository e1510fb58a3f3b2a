import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, onTestFinished, test, vi } from "vitest";
import { findOrFetch } from "../pushgateway/fetch.mjs";
import { startRealGateway } from "../pushgateway/real.js";
import { startPrometheus } from "./prometheus.js";

/** The Prometheus of Debian's next release changes; if it cannot be fetched today, that is no failure of ours. */
const programs = await Promise.all([
  findOrFetch("prometheus"),
  findOrFetch("prometheus", "sid").catch(() => undefined),
]);

async function majorVersion(program: string): Promise<number> {
  const { stdout, stderr } = await promisify(execFile)(program, ["--version"]);
  return Number(/version (\d+)\./.exec(stdout + stderr)?.[1]);
}

test.each(programs.filter((program) => program !== undefined))(
  "a whole bound that is pushed as text is a float in Prometheus 3, and its text elsewhere: %s",
  async (program) => {
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
    const whole = (await majorVersion(program)) >= 3 ? "1.0" : "1";
    await vi.waitFor(async () => expect(await bounds()).toEqual(["+Inf", "0.5", whole].sort()), {
      timeout: 15_000,
      interval: 100,
    });
    expect(await prometheus.query('size_bytes_bucket{le="1"}')).toHaveLength(whole === "1" ? 1 : 0);
  },
  60_000,
);
