import { setTimeout as sleep } from "node:timers/promises";
import { ask, type Asked } from "./ask.js";
import type { Endpoint } from "./endpoint.js";
import { PROBE_JOB, PROBE_METRIC, type Probe } from "./probe.js";
import { fine, type Finding, StepFailed, warning } from "./step.js";
import { statusAdvice } from "./status-advice.js";
import { written } from "./within.js";

/** Scrapes to wait for: the first may have begun before the push, and the second may fail. */
const SCRAPES = 3;
const LONGEST_INTERVAL_MS = 120_000;
/** Groups are deleted 150 s after their last push, at the soonest; two scrapes have to fit in between. */
const SAFE_INTERVAL_MS = 60_000;
/** A Prometheus that has just started or reloaded finds its targets after this, and some time for a slow scrape. */
const DISCOVERY_MS = 10_000;
const POLL_MS = 200;

interface Target {
  readonly scrapePool?: string;
  readonly scrapeUrl?: string;
  readonly health?: string;
  readonly lastError?: string;
  /** Of Prometheus; VictoriaMetrics has it among the labels. */
  readonly scrapeInterval?: string;
  readonly discoveredLabels?: Readonly<Record<string, string>>;
}

/** Waits until Prometheus has the probe. @throws StepFailed if it does not come, or with other labels */
export async function seePrometheus(
  prometheus: Endpoint,
  gateway: Endpoint,
  { value, label }: Probe,
  bounds: Pick<Asked, "timeoutMs" | "signal">,
): Promise<Finding> {
  const query = `{__name__="${PROBE_METRIC}",probe=${JSON.stringify(label)}}`;
  const beganMs = performance.now();
  let targets: readonly Target[] = [];
  let mine: Target | undefined;
  for (;;) {
    const [found] = await select(prometheus, query, bounds);
    const elapsed = written(Math.round((performance.now() - beganMs) / 100) * 100);
    if (mine === undefined) {
      targets = await activeTargets(prometheus, bounds);
      mine = targets.find((target) => isOf(gateway, target));
    }
    if (found !== undefined) {
      return judge(found.metric, Number(found.value[1]), value, mine, `after ${elapsed}`);
    }
    if (bounds.signal?.aborted === true) {
      throw new StepFailed("interrupted", "Run the check again.");
    }
    const waitMs = SCRAPES * longestOf(mine === undefined ? targets : [mine]) + DISCOVERY_MS;
    if (performance.now() - beganMs + POLL_MS > waitMs) {
      throw missing(gateway, targets, mine, elapsed);
    }
    await sleep(POLL_MS, undefined, { signal: bounds.signal }).catch(() => undefined);
  }
}

function longestOf(targets: readonly Target[]): number {
  return Math.min(LONGEST_INTERVAL_MS, Math.max(0, ...targets.map(intervalOf)));
}

interface Found {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

function judge(
  labels: Found["metric"],
  shown: number,
  pushed: number,
  target: Target | undefined,
  took: string,
): Finding {
  if (labels["exported_job"] !== undefined || labels["job"] !== PROBE_JOB) {
    throw new StepFailed(
      `Prometheus has the probe as job="${labels["job"] ?? ""}", exported_job="${labels["exported_job"] ?? ""}"`,
      `Set honor_labels: true in the scrape job ${target?.scrapePool ?? labels["job"] ?? "of the gateway"} of prometheus.yml. Otherwise it replaces the job and instance that functions push.`,
    );
  }
  if (shown !== pushed) {
    throw new StepFailed(
      `Prometheus has the value ${shown} for ${pushed}`,
      "Something between the gateway and Prometheus changes values: look at metric_relabel_configs and at proxies.",
    );
  }
  const intervalMs = target === undefined ? 0 : intervalOf(target);
  const every = intervalMs === 0 ? "" : `, scraped every ${written(intervalMs)}`;
  const seen = `Prometheus has the probe ${took}${every}; honor_labels is right`;
  return intervalMs > SAFE_INTERVAL_MS
    ? warning(
        seen,
        "Scrape at least once a minute: a group may be deleted 150 s after its last push, and two scrapes have to fit in between.",
      )
    : fine(seen);
}

function missing(
  gateway: Endpoint,
  targets: readonly Target[],
  target: Target | undefined,
  waited: string,
): StepFailed {
  if (target === undefined) {
    const addresses = targets.map(({ scrapeUrl = "" }) => hostOf(scrapeUrl));
    return new StepFailed(
      targets.length === 0
        ? "Prometheus scrapes nothing"
        : `Prometheus does not have the probe after ${waited}, and scrapes nothing at ${hostOf(gateway.url)}: only ${addresses.slice(0, 5).join(", ")}`,
      "Add the gateway to scrape_configs of prometheus.yml, with honor_labels: true, and reload Prometheus.",
    );
  }
  if (target.health !== "up" && target.lastError !== undefined && target.lastError !== "") {
    return new StepFailed(
      `Prometheus cannot scrape the gateway: ${target.lastError.replaceAll(/\s+/g, " ").slice(0, 300)}`,
      `Correct the scrape job ${target.scrapePool ?? ""} of prometheus.yml, or what keeps Prometheus from the gateway.`,
    );
  }
  return new StepFailed(
    `Prometheus scrapes the gateway, but does not have the probe after ${waited}`,
    "Look for metric_relabel_configs that drop it, for sample_limit, and whether another gateway has that address.",
  );
}

async function activeTargets(
  prometheus: Endpoint,
  bounds: Pick<Asked, "timeoutMs" | "signal">,
): Promise<Target[]> {
  const { activeTargets = [] } = await read<{ activeTargets?: Target[] }>(
    prometheus,
    "/api/v1/targets?state=active",
    bounds,
  );
  return activeTargets;
}

async function select(
  prometheus: Endpoint,
  query: string,
  bounds: Pick<Asked, "timeoutMs" | "signal">,
): Promise<Found[]> {
  // VictoriaMetrics leaves out the newest 30 s without this; Prometheus does not know it.
  const parameters = new URLSearchParams({ query, latency_offset: "1ms", nocache: "1" });
  const path = `/api/v1/query?${parameters.toString()}`;
  const { result = [] } = await read<{ result?: Found[] }>(prometheus, path, bounds);
  return result;
}

async function read<T extends object>(
  prometheus: Endpoint,
  path: string,
  bounds: Pick<Asked, "timeoutMs" | "signal">,
): Promise<T> {
  let text = "";
  const answer = await ask(prometheus, path, {
    ...bounds,
    onLine: (line) => {
      if (text.length < 50_000_000) text += line;
    },
  }).catch((error: unknown) => {
    throw error instanceof StepFailed
      ? new StepFailed(`Prometheus: ${error.message}`, error.advice)
      : error;
  });
  try {
    const { status, data } = JSON.parse(text) as { status?: unknown; data?: unknown };
    if (status === "success" && typeof data === "object" && data !== null) return data as T;
  } catch {
    // Said below.
  }
  const [name = ""] = path.split("?");
  const why = statusAdvice({ ...answer, body: text }, prometheus, name).message;
  throw new StepFailed(
    `--prometheus does not answer as Prometheus: ${why}`,
    "Correct the address: the one of its web page, usually port 9090. If it asks for credentials, set PROMETHEUS_USERNAME and PROMETHEUS_PASSWORD, or PROMETHEUS_BEARER_TOKEN.",
  );
}

function isOf(gateway: Endpoint, { scrapeUrl = "" }: Target): boolean {
  return hostOf(scrapeUrl) === hostOf(gateway.url);
}

function hostOf(address: string): string {
  if (!URL.canParse(address)) return address;
  const { hostname, port, protocol } = new URL(address);
  return `${hostname}:${port || (protocol === "https:" ? "443" : "80")}`;
}

/** Milliseconds; 0 if it is not told. */
function intervalOf({ scrapeInterval, discoveredLabels = {} }: Target): number {
  const text = scrapeInterval ?? discoveredLabels["__scrape_interval__"] ?? "";
  let milliseconds = 0;
  for (const [, number, unit = ""] of text.matchAll(/(\d+)(ms|[smhd])/g)) {
    milliseconds += Number(number) * (UNITS_MS[unit] ?? 0);
  }
  return milliseconds;
}

const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
