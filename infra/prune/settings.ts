import type { Pushgateway, PruneOptions, PruneReport } from "prefreeze/prune";

/** The variables of the function. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads which gateway to prune, and how.
 *
 * @throws Error that names the variable that is missing or wrong
 */
export function readSettings(environment: Environment): {
  readonly pushgateway: Pushgateway;
  readonly options: PruneOptions;
} {
  const prometheus = environment["PROMETHEUS_URL"];
  if (!prometheus)
    throw new Error(
      "set PROMETHEUS_URL to the Prometheus that scrapes the gateway, or to none to delete without asking it",
    );
  return {
    pushgateway: server(environment, "PUSHGATEWAY"),
    options: {
      prometheus: prometheus === "none" ? false : server(environment, "PROMETHEUS"),
      olderThanMs: number(environment, "PRUNE_OLDER_THAN_MINUTES", 30) * 60_000,
      scrapeIntervalMs: number(environment, "PRUNE_SCRAPE_INTERVAL_SECONDS", 15) * 1_000,
      mostDeletions: number(environment, "PRUNE_LIMIT", Infinity),
      dryRun: environment["PRUNE_DELETE"] !== "true",
    },
  };
}

/** One line for the function's log. */
export function summary({ dryRun, groups, ours, deleted, kept }: PruneReport): string {
  return JSON.stringify({ dryRun, groups, ours, deleted: deleted.length, kept });
}

function server(environment: Environment, name: "PUSHGATEWAY" | "PROMETHEUS"): Pushgateway {
  const address = environment[`${name}_URL`] ?? "";
  const url = URL.canParse(address) ? new URL(address) : undefined;
  // Credentials in it would be in the log, as a part of what does not answer.
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search)
    throw new Error(
      `set ${name}_URL to an address without credentials and query, as in https://host:9091`,
    );
  const token = environment[`${name}_BEARER_TOKEN`];
  const username = environment[`${name}_USERNAME`];
  const authorization = token
    ? `Bearer ${token}`
    : username && `Basic ${btoa(`${username}:${environment[`${name}_PASSWORD`] ?? ""}`)}`;
  return { url: url.href.replace(/\/+$/, ""), headers: authorization ? { authorization } : {} };
}

function number(environment: Environment, name: string, otherwise: number): number {
  const text = environment[name];
  if (!text) return otherwise;
  if (!/^\d+$/.test(text)) throw new Error(`set ${name} to a whole number`);
  return Number(text);
}
