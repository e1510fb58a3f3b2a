/** The labels that name one group of a Pushgateway. */
export interface Group {
  /** What the function is called; not empty. */
  readonly job: string;
  /** One life of one environment; not empty. */
  readonly instance: string;
  /** Further labels; none may be empty, see `checkGrouping`. */
  readonly grouping: Readonly<Record<string, string>>;
}

const LABEL_NAME = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;
const RESERVED: readonly string[] = ["job", "instance", "le", "quantile"];
const PLAIN = /^[a-zA-Z0-9_-]+$/;

/**
 * The path of a group below the gateway's address, as the Pushgateway's documentation has it.
 *
 * Values outside `[a-zA-Z0-9_-]` go as base64url: `%2F` is decoded too early, and dots are collapsed
 * by URL parsers on the way.
 *
 * @throws TypeError where a label could break the gateway, naming it.
 */
export function groupPath({ job, instance, grouping }: Group): string {
  if (job === "" || instance === "") {
    throw new TypeError(`prefreeze: a group needs a job and an instance, not ${JSON.stringify({ job, instance })}`);
  }
  let path = `/metrics${segment("job", job)}${segment("instance", instance)}`;
  for (const name of Object.keys(grouping).sort()) {
    const fault = groupingFault(name, grouping[name]);
    if (fault !== undefined) throw new TypeError(`prefreeze: ${fault}`);
    path += segment(name, grouping[name]!);
  }
  return path;
}

/**
 * What is wrong with a grouping label, or undefined.
 *
 * An empty value beside the same group without it, and `le` beside a histogram, break every scrape of
 * the whole gateway; `job` and `instance` are set by other options.
 */
export function groupingFault(name: string, value: unknown): string | undefined {
  const label = `the grouping label ${JSON.stringify(name)}`;
  if (!LABEL_NAME.test(name)) return `${label} does not match ${LABEL_NAME.source}`;
  if (RESERVED.includes(name)) return `${label} is reserved`;
  if (typeof value !== "string") return `${label} needs a string, not a ${typeof value}`;
  return value === "" ? `${label} is empty; leave it out` : undefined;
}

function segment(name: string, value: string): string {
  return PLAIN.test(value) ? `/${name}/${value}` : `/${name}@base64/${base64Url(value)}`;
}

/** Lone surrogates, which UTF-8 cannot write, become U+FFFD: the gateway chokes on broken UTF-8. */
function base64Url(value: string): string {
  return base64(value).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Base64 of the UTF-8 of a text. */
export function base64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(""));
}
