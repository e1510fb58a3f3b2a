import { isLabelName } from "../metrics/label-name.js";

/** The labels that name one group of a Pushgateway. */
export interface Group {
  /** What the function is called; not empty. */
  readonly job: string;
  /** One life of one environment; not empty. */
  readonly instance: string;
  /** Further labels; none may be empty. */
  readonly grouping: Readonly<Record<string, string>>;
}

/**
 * The path of a group below the gateway's address.
 *
 * Values outside `[a-zA-Z0-9_-]` go as base64url: `%2F` is decoded too early, and dots are collapsed by
 * URL parsers on the way. Source: https://github.com/prometheus/pushgateway#url
 *
 * @throws TypeError where a label could break the gateway, naming it.
 */
export function groupPath({ job, instance, grouping }: Group): string {
  if (!job || !instance) throw new TypeError("prefreeze: a group needs a job and an instance");
  const more = Object.entries(grouping).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, value] of more) checkGroupingLabel(name, value);
  return `/metrics${[["job", job], ["instance", instance], ...more].map(segment).join("")}`;
}

/**
 * An empty value beside the same group without it, and `le` beside a histogram, break every scrape of
 * the whole gateway; `job` and `instance` are set by other options.
 *
 * @throws TypeError naming the label.
 */
export function checkGroupingLabel(name: string, value: unknown, taken = false): void {
  if (taken || !isLabelName(name) || typeof value !== "string" || !value) {
    throw new TypeError(
      `prefreeze: grouping label "${name}" is malformed, reserved, empty or in use already`,
    );
  }
}

function segment([name, value]: readonly string[]): string {
  if (/^[\w-]+$/.test(value!)) return `/${name}/${value}`;
  const base64Url = base64(value!).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return `/${name}@base64/${base64Url}`;
}

/** Base64 of the UTF-8 of a text; lone surrogates, which UTF-8 cannot write, become U+FFFD. */
export function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
