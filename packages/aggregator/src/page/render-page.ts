import { createHash } from "node:crypto";
import { escapeHtml, pushedText } from "./markup.js";
import { counted, duration, grouped, timeAgo } from "./quantities.js";
import type { AggregatorStatus, GatewayStatus, JobStatus } from "./status.js";
import { STYLE } from "./style.js";

const REFRESH_SECONDS = 10;
/** With more, browsers get slow. */
const MAX_JOBS = 200;

/** The headers of the page: it may apply its own style sheet, and do nothing else. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": [
    "default-src 'none'",
    `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};

/** Renders the page at `/`: the state of the aggregator, of its gateway, and of every job. Pushed text is escaped. */
export function renderPage(status: AggregatorStatus, nowMs: number): string {
  const { name, version, startedMs, jobs, lives, maxLives, gateway } = status;
  const title = name === undefined ? "Aggregator" : `Aggregator ${pushedText(name)}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="${REFRESH_SECONDS}">
<title>Aggregator${gateway.state === "away" ? ": the Pushgateway is away" : ""}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p>prefreeze ${escapeHtml(version)}, running for ${duration(nowMs - startedMs)}. Totals and its own metrics: <a href="/metrics">/metrics</a></p>
</header>
<main>
<dl class="tiles">
${renderGateway(gateway, nowMs)}
${renderTile("Live instances", grouped(sum(jobs, (job) => job.lives)), `${grouped(lives)} lives remembered, of at most ${grouped(maxLives)}`)}
${renderTile("Jobs", grouped(jobs.length), "each is one group")}
${renderTile("Series", grouped(sum(jobs, (job) => job.series)), `at most ${grouped(status.maxSeries)} a job`)}
</dl>
${jobs.length === 0 ? EMPTY : renderJobs(status, nowMs)}
</main>
<footer>Refreshes every ${REFRESH_SECONDS} seconds. An instance counts as live for 10 minutes after its last push.</footer>
</body>
</html>
`;
}

const EMPTY = `<h2>Jobs</h2>
<div class="card empty"><b>No function has pushed yet</b>
<p>Set <code>PUSHGATEWAY_URL</code> of a function to this address.</p></div>`;

function renderTile(term: string, value: string, more: string, kind = ""): string {
  return `<div class="tile${kind}"><dt>${term}</dt><dd>${value}</dd><dd>${more}</dd></div>`;
}

function renderGateway(gateway: GatewayStatus, nowMs: number): string {
  const url = pushedText(gateway.url);
  if (gateway.state === "unknown") return renderTile("Pushgateway", "nothing pushed yet", url);
  const acknowledged =
    gateway.acknowledgedMs === undefined
      ? "no push acknowledged yet"
      : `last push ${timeAgo(gateway.acknowledgedMs, nowMs)}`;
  if (gateway.state === "up")
    return renderTile(
      "Pushgateway",
      `<span class="good">up to date</span>`,
      `${url}, ${acknowledged}`,
    );
  const reason = gateway.reason === undefined ? "" : `: ${pushedText(gateway.reason)}`;
  return renderTile(
    "Pushgateway",
    `away for ${duration(nowMs - gateway.sinceMs)}`,
    `${url}${reason}. Nothing is lost: every total is pushed when it is back. ${capital(acknowledged)}.`,
    " away",
  );
}

function renderJobs({ jobs, maxSeries }: AggregatorStatus, nowMs: number): string {
  const newest = jobs.toSorted((a, b) => (b.newestPushMs ?? 0) - (a.newestPushMs ?? 0));
  const shown = newest.slice(0, MAX_JOBS);
  const left = newest.length - shown.length;
  return `<h2>Jobs</h2>
<div class="card"><table>
<thead><tr><th scope="col">job</th><th scope="col">live instances</th><th scope="col">newest push</th><th scope="col">series</th></tr></thead>
<tbody>
${shown.map((job) => renderJob(job, maxSeries, nowMs)).join("\n")}
</tbody>
</table></div>
${left > 0 ? `<p class="note">${counted(left, "more job")}, silent for longer, at <a href="/metrics">/metrics</a>.</p>` : ""}`;
}

function renderJob(
  { labels, lives, series, newestPushMs }: JobStatus,
  maxSeries: number,
  nowMs: number,
): string {
  const { job = "", ...others } = labels;
  const shown = Object.entries(others).map(
    ([name, value]) => `<span class="label">${pushedText(name)}=<b>${pushedText(value)}</b></span>`,
  );
  const isFull = series >= maxSeries;
  const full = isFull
    ? `<span class="over">The limit is reached: new label values add up as _overflow.</span>`
    : "";
  const age = newestPushMs === undefined ? "none yet" : timeAgo(newestPushMs, nowMs);
  return `<tr>
<th scope="row">${pushedText(job)}${shown.length > 0 ? `<span class="labels">${shown.join("")}</span>` : ""}</th>
<td data-column="live instances">${grouped(lives)}</td>
<td data-column="newest push">${age}</td>
<td data-column="series">${grouped(series)}<meter min="0" max="${maxSeries}" high="${Math.floor(maxSeries * 0.9)}" optimum="0" value="${series}" title="of ${grouped(maxSeries)}"></meter>${full}</td>
</tr>`;
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
