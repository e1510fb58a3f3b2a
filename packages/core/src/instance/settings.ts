import type { FlushInterval } from "../flush/back-off.js";
import { checkGroupingLabel } from "../target/group-path.js";
import type { Gateway, HeadersSource } from "../target/pushgateway.js";
import { catalog } from "../metrics/catalog.js";
import type { Transport } from "../target/transport.js";
import { warnOnce } from "../runtime/warn.js";

/** What can be set where a function is wrapped. Each option stands before its environment variable. */
export interface Options {
  /**
   * Address of the Pushgateway, a path prefix included; userinfo in it is basic auth. Of several, in a
   * list or with commas between them, each instance stays with one. `PUSHGATEWAY_URL`.
   */
  readonly url?: string | readonly string[] | undefined;
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
  /**
   * Least time between flushes, in milliseconds, up to 60,000, or `"auto"`: ten times what the last one
   * took. Only where the end of an environment has a flush of its own. Default 0. `PREFREEZE_MIN_FLUSH_INTERVAL_MS`.
   */
  readonly minFlushIntervalMs?: FlushInterval | undefined;
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
  /** None where nothing is pushed. */
  readonly gateways: readonly Gateway[];
  readonly bearerToken?: string | undefined;
  readonly job: string;
  readonly instancePrefix: string;
  readonly grouping: Readonly<Record<string, string>>;
  readonly flushTimeoutMs: number;
  readonly minFlushIntervalMs: FlushInterval;
  readonly maxSeries: number;
}

/** What a platform says where neither option nor variable does. */
export interface PlatformDefaults {
  readonly job: string;
  readonly instancePrefix: string;
  readonly flushesAtEnd?: boolean;
}

type Env = Readonly<Record<string, unknown>>;

type Parser = (value: string) => string | number | boolean | object | undefined;

/** Whether options or environment switch everything off. */
export function isDisabled(options: Options, env: Env): boolean {
  return readSettings(options, env, "PREFREEZE_", { disabled: parseBoolean }).disabled === true;
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
  { job, instancePrefix, flushesAtEnd }: PlatformDefaults,
): Settings {
  const { url, bearerToken, ...userinfo } = readSettings(options, env, "PUSHGATEWAY_", {
    url: parseAddresses,
    username: String,
    password: String,
    bearerToken: String,
  });
  const settings = {
    job,
    instancePrefix,
    flushTimeoutMs: 1_000,
    minFlushIntervalMs: 0,
    maxSeries: 1_000,
    grouping: groupingOf(options, env),
    gateways: (url ?? []).map((address) => ({ ...address, ...userinfo })),
    bearerToken,
    ...readSettings(options, env, "PREFREEZE_", {
      job: String,
      instancePrefix: String,
      flushTimeoutMs: upTo(30_000),
      minFlushIntervalMs: (value) =>
        value === "auto" ? value : value === "0" ? 0 : upTo(60_000)(value),
      maxSeries: upTo(100_000),
    }),
  } satisfies Settings;
  if (!settings.minFlushIntervalMs || flushesAtEnd) return settings;
  warnOnce(
    "minFlushIntervalMs",
    "minFlushIntervalMs is ignored: here nothing flushes at the end, so what waits for the next flush would be lost",
  );
  return { ...settings, minFlushIntervalMs: 0 };
}

/**
 * What is set and can be used.
 *
 * @param prefix of the variables, which are named as the options are: `flushTimeoutMs`, `…_FLUSH_TIMEOUT_MS`
 * @param parsers by option; each gives undefined for what cannot be used
 */
export function readSettings<O extends Options, P extends { readonly [K in keyof O]?: Parser }>(
  options: O,
  env: Env,
  prefix: string,
  parsers: P,
): { [K in keyof P]?: NonNullable<ReturnType<Extract<P[K], Parser>>> } {
  const found: Record<string, unknown> = {};
  for (const option in parsers) {
    const variable = prefix + option.replace(/[A-Z]/g, "_$&").toUpperCase();
    const value = String(options[option as unknown as keyof O] ?? env[variable] ?? "").trim();
    if (!value) continue;
    const parsed = (parsers[option] as Parser)(value);
    if (parsed !== undefined) found[option] = parsed;
    // The value itself may be a credential.
    else warnOnce(variable, `${variable} or option ${option} is malformed; it is ignored`);
  }
  return found as ReturnType<typeof readSettings<O, P>>;
}

/** Whole numbers from 1 on. */
export function upTo(most: number) {
  return (value: string) =>
    /^\d+$/.test(value) && +value > 0 && +value <= most ? +value : undefined;
}

/** As variables say it. */
export function parseBoolean(value: string): boolean | undefined {
  return /^(true|1)$/i.test(value) || (/^(false|0)$/i.test(value) ? false : undefined);
}

/** A comma before what starts an address: one in a password or a path is part of it. */
const BETWEEN_ADDRESSES = /\s*,\s*(?=$|[a-z]+:\/\/|[^\s,@/]+\s*(?:[,/]|$))/i;

function parseAddresses(value: string): Gateway[] | undefined {
  const addresses = value.split(BETWEEN_ADDRESSES).filter(Boolean);
  const gateways = addresses.flatMap((address) => parseAddress(address) ?? []);
  if (gateways.length > 0 && gateways.length < addresses.length)
    warnOnce(
      "addresses",
      "an address in PUSHGATEWAY_URL or option url is malformed; it is left out",
    );
  return gateways.length > 0 ? gateways : undefined;
}

/** `host:9091` is taken as http, as the other client libraries do. */
function parseAddress(value: string): Gateway | undefined {
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
  const pairs = option
    ? Object.entries(option)
    : String(env["PREFREEZE_GROUPING"] ?? "")
        .split(",")
        .filter(Boolean)
        .map((pair) => pair.trim().split(/\s*=\s*(.*)/));
  for (const [label = "", value = ""] of pairs) {
    // The gateway overwrites a series' label of the same name silently, and two series become one.
    const taken = [...catalog.metrics.values()].some(({ labelNames }) =>
      labelNames.includes(label),
    );
    try {
      checkGroupingLabel(label, value, taken || label in grouping);
      grouping[label] = value;
    } catch (error) {
      if (option) throw error;
      warnOnce(String(error), `PREFREEZE_GROUPING: ${String(error)}; it is ignored`);
    }
  }
  return grouping;
}
