import { checkGroupingLabel } from "./group-path.js";
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
  return read(options, env, "disabled", "PREFREEZE_", parseBoolean, false);
}

/**
 * Options first, then environment, then defaults. A value that cannot be used is warned about once, by
 * the name of its option and variable, and the default stands.
 *
 * @throws TypeError where the `grouping` option could break the gateway or collides with a metric's label.
 */
export function resolveSettings(
  options: Options,
  env: Env,
  defaults: { readonly job: string; readonly instancePrefix: string },
): Settings {
  const text = <S>(option: keyof Options, prefix: string, standard: S) =>
    read(options, env, option, prefix, (value) => value, standard);
  const count = (option: keyof Options, most: number, standard: number) =>
    read(
      options,
      env,
      option,
      "PREFREEZE_",
      (value) => (/^\d+$/.test(value) && +value > 0 && +value <= most ? +value : undefined),
      standard,
    );
  const address = read(options, env, "url", "PUSHGATEWAY_", parseAddress, undefined);
  return {
    url: address?.url,
    username: text("username", "PUSHGATEWAY_", address?.username),
    password: text("password", "PUSHGATEWAY_", address?.password),
    bearerToken: text("bearerToken", "PUSHGATEWAY_", undefined),
    job: text("job", "PREFREEZE_", defaults.job),
    instancePrefix: text("instancePrefix", "PREFREEZE_", defaults.instancePrefix),
    grouping: groupingOf(options, env),
    flushTimeoutMs: count("flushTimeoutMs", 30_000, 1_000),
    maxSeries: count("maxSeries", 100_000, 1_000),
  };
}

/**
 * @param prefix of the variable, which is named as the option is: `flushTimeoutMs`, `…_FLUSH_TIMEOUT_MS`
 * @param parse gives undefined for what cannot be used
 * @param standard stands where nothing is said, or nothing usable
 */
function read<T, S>(
  options: Options,
  env: Env,
  option: keyof Options,
  prefix: string,
  parse: (value: string) => T | undefined,
  standard: S,
): T | S {
  const variable = prefix + option.replace(/[A-Z]/g, "_$&").toUpperCase();
  const value = String(options[option] ?? env[variable] ?? "").trim();
  if (value === "") return standard;
  const parsed = parse(value);
  if (parsed !== undefined) return parsed;
  // The value itself may be a credential.
  warnOnce(variable, `${variable} or option ${option} is malformed; it is ignored`);
  return standard;
}

function parseBoolean(value: string): boolean | undefined {
  return /^(true|1)$/i.test(value) || (/^(false|0)$/i.test(value) ? false : undefined);
}

/** `host:9091` is taken as http, as the other client libraries do. */
function parseAddress(value: string) {
  try {
    const { protocol, origin, pathname, username, password } = new URL(
      value.includes("://") ? value : `http://${value}`,
    );
    if (!/^https?:$/.test(protocol)) return undefined;
    return {
      url: origin + pathname,
      username: decodeURIComponent(username) || undefined,
      password: decodeURIComponent(password) || undefined,
    };
  } catch {
    return undefined;
  }
}

function groupingOf({ grouping: option }: Options, env: Env): Readonly<Record<string, string>> {
  const grouping = Object.create(null) as Record<string, string>;
  const pairs =
    option !== undefined
      ? Object.entries(option)
      : (env["PREFREEZE_GROUPING"] ?? "")
          .split(",")
          .filter(Boolean)
          .map((pair) => pair.split("="));
  for (const [name = "", ...rest] of pairs) {
    const [label, value] = [name, rest.join("=")].map((part) => part.trim()) as [string, string];
    // The gateway overwrites a series' label of the same name silently, and two series become one.
    const taken = [...state.metrics.values()].some(({ labelNames }) => labelNames.includes(label));
    try {
      checkGroupingLabel(label, value, taken || label in grouping);
      grouping[label] = value;
    } catch (error) {
      if (option !== undefined) throw error;
      warnOnce(String(error), `PREFREEZE_GROUPING: ${String(error)}; it is ignored`);
    }
  }
  return grouping;
}
