import type { Pushgateway } from "../arguments/pushgateway-option.js";
import { ask, type Server, statusFault } from "../groups/ask.js";
import type { Labels } from "../groups/group.js";
import { ServerFault } from "../groups/server-fault.js";

/** Tells whether Prometheus has read a group twice since its last push, and still reads it. */
export type WasScraped = (labels: Labels, pushedAtSeconds: number) => boolean;

const PATH = "/api/v1/query";
/** 10,000 groups take about 3 MB. */
const MOST_BYTES = 256 * 1_024 * 1_024;
/** How many scrapes to look back at. Two of them must have the group as it is. */
const LOOK_BACK_SCRAPES = 10;
/** VictoriaMetrics rounds times by a fraction of a microsecond. No two pushes of a group are that close together. */
const ROUNDED_SECONDS = 0.000_01;

/**
 * Asks Prometheus which groups it has read twice as they are now. The gateway does not count who reads its `/metrics`, so
 * Prometheus' own samples are what tells: the time of the last push, at least twice within ten scrape intervals, and no
 * failed scrape since.
 *
 * @throws ServerFault if it does not answer, or is no Prometheus
 */
export async function askScraped(
  prometheus: Pushgateway,
  {
    scrapeIntervalMs,
    timeoutMs,
  }: { readonly scrapeIntervalMs: number; readonly timeoutMs: number },
): Promise<WasScraped> {
  const server: Server = { kind: "Prometheus", ...prometheus };
  const window = `[${Math.ceil((LOOK_BACK_SCRAPES * scrapeIntervalMs) / 1_000)}s]`;
  // After a failed scrape, the plain name finds nothing.
  const query = `min_over_time(push_time_seconds${window}) and count_over_time(push_time_seconds${window}) >= 2 and push_time_seconds`;
  const answer = await ask(server, PATH, { method: "POST", form: { query }, timeoutMs });
  if (answer.status !== 200) {
    await answer.discard();
    throw statusFault(server, answer.status, PATH);
  }
  return index(parse(server, await answer.text(MOST_BYTES)));
}

interface Sample {
  readonly metric: Labels;
  readonly value: readonly unknown[];
}

function parse(server: Server, text: string): readonly Sample[] {
  try {
    const { data } = JSON.parse(text) as { readonly data: { readonly result: readonly Sample[] } };
    if (data.result.every(({ metric, value }) => Object(metric) === metric && value.length === 2))
      return data.result;
  } catch {
    // Told below.
  }
  throw new ServerFault(
    `what answers at ${server.url} is no Prometheus: its ${PATH} is not what Prometheus answers; give the address of one`,
  );
}

function index(samples: readonly Sample[]): WasScraped {
  const seen = new Map<string, { readonly labels: Labels; readonly atSeconds: number }[]>();
  for (const { metric, value } of samples) {
    // Without `honor_labels`, Prometheus renames the labels of groups that its target has, too.
    const { exported_job: job = metric["job"], exported_instance: instance = metric["instance"] } =
      metric;
    const labels = { ...metric, job, instance } as Labels;
    const key = JSON.stringify([job, instance]);
    const known = seen.get(key);
    const one = { labels, atSeconds: Number(value[1]) };
    if (known === undefined) seen.set(key, [one]);
    else known.push(one);
  }
  return (labels, pushedAtSeconds) =>
    (seen.get(JSON.stringify([labels["job"], labels["instance"]])) ?? []).some(
      (one) => one.atSeconds > pushedAtSeconds - ROUNDED_SECONDS && has(one.labels, labels),
    );
}

/** Prometheus drops empty labels, and adds those of its target. */
function has(found: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(
    ([name, value]) => value === "" || found[name] === value || found[`exported_${name}`] === value,
  );
}
