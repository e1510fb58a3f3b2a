import { shorten } from "../runtime/shorten.js";
import { labelNameFault } from "../metrics/label-name.js";

/** The labels that name one group of a Pushgateway. */
export interface GroupingKey {
  /** The name of the function; not empty. */
  readonly job: string;
  /** One life of one environment; not empty. */
  readonly instance: string;
  /** Further labels; none may be empty. */
  readonly grouping: Readonly<Record<string, string>>;
}

/**
 * The path of a group below the gateway's address.
 *
 * Values with other characters than `[a-zA-Z0-9_-]` are written as base64url, since `%2F` is decoded too
 * early and URL parsers on the way collapse dots. Source: https://github.com/prometheus/pushgateway#url
 *
 * @throws TypeError if a label could break the gateway; the message names the label
 */
export function groupingKeyPath({ job, instance, grouping }: GroupingKey): string {
  if (!job || !instance) throw new TypeError("prefreeze: a group needs a job and an instance");
  const more = Object.entries(grouping).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, value] of more) checkLabel(name, value);
  return `/metrics${[["job", job], ["instance", instance], ...more].map(segment).join("")}`;
}

/** The longest value of a grouping label, in characters. */
const MAX_VALUE_LENGTH = 1_024;

/**
 * Checks a grouping label, or a constant one. An empty value beside the same group without the label, and `le` beside a
 * histogram, break every scrape of the whole gateway. `job` and `instance` have options of their own.
 *
 * @param taken why the label is in use already, if it is
 * @throws TypeError that names the label
 */
export function checkLabel(
  name: string,
  value: unknown,
  taken?: string,
  what = "grouping label",
): void {
  let fault = labelNameFault(name) ?? taken;
  if (typeof value !== "string" || !value) fault ??= "needs a string that is not empty";
  else if (value.length > MAX_VALUE_LENGTH)
    fault ??= `is longer than ${MAX_VALUE_LENGTH} characters`;
  if (fault) throw new TypeError(`prefreeze: ${what} "${shorten(name, 100)}" ${fault}`);
}

function segment([name, value]: readonly string[]): string {
  if (/^[\w-]+$/.test(value!)) return `/${name}/${value}`;
  const base64Url = base64(value!).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return `/${name}@base64/${base64Url}`;
}

/** Base64 of a text in UTF-8. Lone surrogates, which UTF-8 cannot express, become U+FFFD. */
export function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
