import { formatGoFloat } from "../text/go-float.js";
import type { Group, GroupFamily, GroupSample } from "../store/group.js";
import { STYLE } from "./page-style.js";

const REFRESH_SECONDS = 5;
/** The page shows the newest groups only; with more, browsers get slow. */
const MAX_GROUPS = 100;
const MAX_SAMPLES_PER_GROUP = 500;

/** Renders the page at `/`: the groups, their age and their metrics. Pushed text is escaped. */
export function renderPage(groups: readonly Group[], nowMs: number): string {
  const newest = [...groups].sort((a, b) => touchedSeconds(b) - touchedSeconds(a));
  const shown = newest.slice(0, MAX_GROUPS);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="${REFRESH_SECONDS}">
<title>Embedded Pushgateway: ${count(groups.length, "group")}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>Embedded Pushgateway</h1>
<p>${count(groups.length, "group")}, in memory only. What Prometheus scrapes: <a href="/metrics">/metrics</a></p>
</header>
<main>
${shown.length === 0 ? EMPTY : shown.map((group) => renderGroup(group, nowMs)).join("\n")}
${shown.length < newest.length ? `<p class="note">${newest.length - shown.length} older groups are not shown here; /metrics has all of them.</p>` : ""}
</main>
<footer>Refreshes every ${REFRESH_SECONDS} seconds. Newest push first.</footer>
</body>
</html>
`;
}

const EMPTY = `<section class="empty"><h2>Nothing has been pushed yet</h2>
<p>Try it: <code>echo 'hello_total 1' | curl --data-binary @- http://&lt;this address&gt;/metrics/job/demo</code></p></section>`;

function renderGroup(group: Group, nowMs: number): string {
  const { job = "", ...grouping } = group.labels;
  const families = withinLimit(group.families);
  const left = countSamples(group.families) - countSamples(families);
  return `<section>
<h2>${escapeHtml(job)}${Object.entries(grouping).map(renderLabel).join("")}</h2>
<p class="age">${renderAge(group, nowMs)}</p>
${group.lastPushSuccessful ? "" : `<p class="failed">The last push was refused ${ago(group.pushFailureTimeSeconds, nowMs)}; these values are from before.</p>`}
${families.length === 0 ? `<p class="note">No metrics in this group.</p>` : renderTable(families, group.labels)}
${left > 0 ? `<p class="note">${left} more samples are not shown here; /metrics has all of them.</p>` : ""}
</section>`;
}

function renderTable(families: readonly GroupFamily[], grouping: Group["labels"]): string {
  return `<div class="scroll"><table>
<thead><tr><th scope="col">metric</th><th scope="col">type</th><th scope="col">labels</th><th scope="col">value</th></tr></thead>
<tbody>
${families.flatMap((family) => family.samples.map((sample, i) => renderRow(family, sample, i === 0, grouping))).join("\n")}
</tbody>
</table></div>`;
}

function renderRow(
  family: GroupFamily,
  sample: GroupSample,
  isFirst: boolean,
  grouping: Group["labels"],
): string {
  const help =
    isFirst && family.help !== undefined ? `<small>${escapeHtml(family.help)}</small>` : "";
  // The heading of the group shows these.
  const own = Object.entries(sample.labels).filter(
    ([label, value]) => !Object.hasOwn(grouping, label) && !(label === "instance" && value === ""),
  );
  return `<tr${isFirst ? ' class="first"' : ""}>
<td><code>${escapeHtml(sample.name)}</code>${help}</td>
<td>${isFirst ? family.type : ""}</td>
<td>${own.map(renderLabel).join("")}</td>
<td class="value" title="${formatGoFloat(sample.value)}">${readable(sample.value)}</td>
</tr>`;
}

function renderLabel([name, value]: readonly [string, string]): string {
  return `<span class="label">${escapeHtml(name)}=<b>${value === "" ? "&#8203;<i>empty</i>" : escapeHtml(value)}</b></span>`;
}

function renderAge(group: Group, nowMs: number): string {
  if (group.pushTimeSeconds === undefined) return "no push has succeeded";
  const time = new Date(group.pushTimeSeconds * 1000).toISOString();
  return `pushed <time datetime="${time}" title="${time}">${ago(group.pushTimeSeconds, nowMs)}</time>`;
}

function ago(timeSeconds: number | undefined, nowMs: number): string {
  const seconds = Math.max(0, Math.round(nowMs / 1000 - (timeSeconds ?? 0)));
  if (seconds < 120) return `${count(seconds, "second")} ago`;
  if (seconds < 7200) return `${count(Math.round(seconds / 60), "minute")} ago`;
  if (seconds < 172_800) return `${count(Math.round(seconds / 3600), "hour")} ago`;
  return `${count(Math.round(seconds / 86_400), "day")} ago`;
}

function touchedSeconds({ pushTimeSeconds = 0, pushFailureTimeSeconds = 0 }: Group): number {
  return Math.max(pushTimeSeconds, pushFailureTimeSeconds);
}

function withinLimit(families: readonly GroupFamily[]): GroupFamily[] {
  let left = MAX_SAMPLES_PER_GROUP;
  return families.flatMap((family) => {
    const samples = family.samples.slice(0, left);
    left -= samples.length;
    return samples.length === 0 ? [] : [{ ...family, samples }];
  });
}

function countSamples(families: readonly GroupFamily[]): number {
  return families.reduce((sum, { samples }) => sum + samples.length, 0);
}

/** Separates the thousands of whole numbers; other values look as they are exported. */
function readable(value: number): string {
  return Number.isSafeInteger(value) ? value.toLocaleString("en-US") : formatGoFloat(value);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
