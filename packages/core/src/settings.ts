import { groupingFault } from "./group-path.js";
import type { HeadersSource } from "./pushgateway.js";
import { state } from "./state.js";
import type { Transport } from "./transport.js";
import { warnOnce } from "./warn.js";

/** What can be set where a function is wrapped. Each option stands before its environment variable. */
export interface Options {
  /** Address of the Pushgateway, a path prefix included; userinfo in it is basic auth. `PUSHGATEWAY_URL`. */
  readonly url?: string | undefined;
  /** Basic auth. `PUSHGATEWAY_USERNAME`. */
  readonly username?: string | undefined;
  /** Basic auth. `PUSHGATEWAY_PASSWORD`. */
  readonly password?: string | undefined;
  /** Bearer auth; stands before basic auth. `PUSHGATEWAY_BEARER_TOKEN`. */
  readonly bearerToken?: string | undefined;
  /** Further headers of every push, or a function that fetches them before the first one. */
  readonly headers?: HeadersSource | undefined;
  /** The `job` label. Default: the function's name on its platform. `PREFREEZE_JOB`. */
  readonly job?: string | undefined;
  /** Start of the `instance` label, before what is unique. Default: what the platform tells. `PREFREEZE_INSTANCE_PREFIX`. */
  readonly instancePrefix?: string | undefined;
  /** Further grouping labels. `PREFREEZE_GROUPING`, as `a=b,c=d`. */
  readonly grouping?: Readonly<Record<string, string>> | undefined;
  /** Longest wait for a flush, in milliseconds, from 1 to 30,000. Default 1,000. `PREFREEZE_FLUSH_TIMEOUT_MS`. */
  readonly flushTimeoutMs?: number | undefined;
  /** Most time series of your own metrics an instance has, from 1 to 100,000. Default 1,000. `PREFREEZE_MAX_SERIES`. */
  readonly maxSeries?: number | undefined;
  /** Bodies longer than this go compressed. Default 16,384. */
  readonly gzipAboveBytes?: number | undefined;
  /** `true` leaves the handler as it is. `PREFREEZE_DISABLED`, as `1`, `true`, `0` or `false`. */
  readonly disabled?: boolean | undefined;
  /** What carries requests to the gateway. Default: the platform's own. */
  readonly transport?: Transport | undefined;
}

/** What holds for an instance. */
export interface Settings {
  /** Without userinfo; undefined where nothing is pushed. */
  readonly url: string | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly bearerToken: string | undefined;
  readonly job: string;
  readonly instancePrefix: string;
  readonly grouping: Readonly<Record<string, string>>;
  readonly flushTimeoutMs: number;
  readonly maxSeries: number;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Whether options or environment switch everything off. */
export function isDisabled(options: Options, env: Env): boolean {
  return read(options, env, "disabled", "PREFREEZE_DISABLED", "true or false", parseBoolean) ?? false;
}

/**
 * Options first, then environment, then defaults. A value that cannot be used is warned about once, by
 * the name of its option or variable, and the default stands.
 *
 * @throws TypeError where the `grouping` option could break the gateway or collides with a metric's label.
 */
export function resolveSettings(
  options: Options,
  env: Env,
  defaults: { readonly job: string; readonly instancePrefix: string },
): Settings {
  const text = (option: keyof Options, variable: string) =>
    read(options, env, option, variable, "a text", (value) => String(value).trim());
  const count = (option: keyof Options, variable: string, most: number) =>
    read(options, env, option, variable, `a whole number from 1 to ${most}`, (value) => {
      const number = Number(value);
      return Number.isInteger(number) && number >= 1 && number <= most ? number : undefined;
    });
  const url = read(options, env, "url", "PUSHGATEWAY_URL", "an http or https address", parseUrl);
  return {
    url: url && url.origin + url.pathname,
    username: text("username", "PUSHGATEWAY_USERNAME") ?? userinfo(url?.username),
    password: text("password", "PUSHGATEWAY_PASSWORD") ?? userinfo(url?.password),
    bearerToken: text("bearerToken", "PUSHGATEWAY_BEARER_TOKEN"),
    job: text("job", "PREFREEZE_JOB") ?? defaults.job,
    instancePrefix: text("instancePrefix", "PREFREEZE_INSTANCE_PREFIX") ?? defaults.instancePrefix,
    grouping: groupingOf(options, env),
    flushTimeoutMs: count("flushTimeoutMs", "PREFREEZE_FLUSH_TIMEOUT_MS", 30_000) ?? 1_000,
    maxSeries: count("maxSeries", "PREFREEZE_MAX_SERIES", 100_000) ?? 1_000,
  };
}

/** Undefined where neither says anything, or what one says cannot be used. */
function read<T>(
  options: Options,
  env: Env,
  option: keyof Options,
  variable: string,
  expected: string,
  parse: (value: unknown) => T | undefined,
): T | undefined {
  const chosen = options[option];
  const value = chosen ?? env[variable];
  if (value === undefined || value === "") return undefined;
  const parsed = parse(value);
  // The value itself may be a credential.
  if (parsed === undefined) ignore(chosen === undefined ? variable : `the option ${option}`, `it is not ${expected}`);
  return parsed;
}

function ignore(what: string, why: string): undefined {
  warnOnce(`setting ${what}`, `${what} is ignored: ${why}`);
}

function parseBoolean(value: unknown): boolean | undefined {
  if (/^(?:true|1)$/i.test(String(value))) return true;
  return /^(?:false|0)$/i.test(String(value)) ? false : undefined;
}

/** `host:9091` is taken as http, as the other client libraries do. */
function parseUrl(value: unknown): URL | undefined {
  const text = String(value).trim();
  try {
    const url = new URL(text.includes("://") ? text : `http://${text}`);
    return /^https?:$/.test(url.protocol) ? url : undefined;
  } catch {
    return undefined;
  }
}

function userinfo(part: string | undefined): string | undefined {
  if (part === undefined || part === "") return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function groupingOf(options: Options, env: Env): Readonly<Record<string, string>> {
  const grouping: Record<string, string> = {};
  if (options.grouping !== undefined) {
    for (const [name, value] of Object.entries(options.grouping)) {
      const fault = groupingFault(name, value) ?? collision(name);
      if (fault !== undefined) throw new TypeError(`prefreeze: ${fault}`);
      grouping[name] = value;
    }
    return grouping;
  }
  for (const pair of (env["PREFREEZE_GROUPING"] ?? "").split(",")) {
    if (pair.trim() === "") continue;
    const [name = "", ...value] = pair.split("=");
    const label = name.trim();
    const fault =
      groupingFault(label, value.join("=").trim()) ??
      collision(label) ??
      (Object.hasOwn(grouping, label) ? `the grouping label "${label}" is given twice` : undefined);
    if (fault === undefined) grouping[label] = value.join("=").trim();
    else ignore(`a part of PREFREEZE_GROUPING`, fault);
  }
  return grouping;
}

/** The gateway overwrites a series' label of the same name silently, and two series become one. */
function collision(label: string): string | undefined {
  for (const { name, labelNames } of state.metrics.values()) {
    if (labelNames.includes(label)) return `the grouping label "${label}" is a label of the metric "${name}"`;
  }
  return undefined;
}
