import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** Sends a push as it is. @returns the status; 0 if the gateway closes the connection, as 1.11.0 does to refuse a push */
export async function put(
  url: string,
  path: string,
  body: string | Uint8Array,
  contentType = "text/plain",
): Promise<number> {
  const answer = await fetch(`${url}/metrics/${path}`, {
    method: "PUT",
    body,
    headers: { "content-type": contentType },
  }).catch(() => undefined);
  return answer?.status ?? 0;
}

const BOUNDS = "0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10 30 60 300 900".split(
  " ",
);

/** What a function pushes: 45 series, of which two are the gateway's own. */
export function snapshot(sequence: number, { invocations = 3, version = "1" } = {}): string {
  const buckets = [...BOUNDS, "+Inf"].map(
    (le) => `faas_invoke_duration_seconds_bucket{faas_trigger="http",le="${le}"} ${invocations}\n`,
  );
  const plans = Array.from({ length: 14 }, (_, plan) => `orders_total{plan="p${plan}"} ${plan}\n`);
  return `# TYPE faas_coldstarts_total counter
faas_coldstarts_total 1
# TYPE faas_errors_total counter
faas_errors_total{faas_trigger="http",error_type=""} 1
# TYPE faas_invocations_total counter
faas_invocations_total{faas_trigger="http"} ${invocations}
# TYPE faas_timeouts_total counter
faas_timeouts_total{faas_trigger="http"} 0
# HELP faas_invoke_duration_seconds How long invocations took.
# TYPE faas_invoke_duration_seconds histogram
${buckets.join("")}faas_invoke_duration_seconds_sum{faas_trigger="http"} 0.5
faas_invoke_duration_seconds_count{faas_trigger="http"} ${invocations}
# TYPE orders_total counter
${plans.join("")}# TYPE prefreeze_flushes_total counter
prefreeze_flushes_total{result="success"} ${sequence - 1}
prefreeze_flushes_total{result="failure"} 0
# TYPE prefreeze_snapshot_sequence gauge
prefreeze_snapshot_sequence ${sequence}
# TYPE target_info gauge
target_info{faas_name="orders-prod",service_version="${version}"} 1
`;
}

/** Fills a gateway with groups of 45 series, eight at once. Their jobs are `job-0` to `job-49`. */
export async function fill(url: string, groups: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const body = snapshot(4);
  let next = 0;
  const pushOne = (index: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const path = `/metrics/job/job-${index % 50}/instance/instance-${index}-0123456789abcdef`;
      const push = request(url + path, { method: "PUT", agent }, (response) => {
        response.resume().on("end", () => {
          if (response.statusCode === 200 || response.statusCode === 202) resolve();
          else reject(new Error(`push answered ${response.statusCode}`));
        });
      });
      push.on("error", reject).end(body);
    });
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      while (next < groups) await pushOne(next++);
    }),
  );
  agent.destroy();
  // Without its check, a gateway answers a push with 202 before it has taken it.
  while ((await countGroups(url)) < groups) await sleep(200);
}

async function countGroups(url: string): Promise<number> {
  const text = await (await fetch(`${url}/api/v1/metrics`)).text();
  return text.match(/"last_push_successful"/g)?.length ?? 0;
}
