import type { Format } from "../exposition/format.js";
import type { FlushInterval } from "../flush/backoff.js";
import { MAX_NAME_LENGTH } from "../metrics/label-name.js";
import { warnOnce } from "../runtime/warn.js";
import { parseAddresses } from "../target/addresses.js";
import type { Gateway, Secret } from "../target/pushgateway.js";
import type { Options } from "./options.js";
import { readLabels } from "./read-labels.js";
import { type Env, readSettings, secret, upTo } from "./read-settings.js";

/** The settings of an instance. */
export interface Settings {
  /** If there are none, nothing is pushed. */
  readonly gateways: readonly Gateway[];
  readonly bearerToken?: Secret | undefined;
  readonly job: string;
  readonly instancePrefix: string;
  readonly grouping: Readonly<Record<string, string>>;
  /** Constant labels of all series. */
  readonly labels: Readonly<Record<string, string>>;
  readonly flushTimeoutMs: number;
  readonly minFlushIntervalMs: FlushInterval;
  readonly maxSeries: number;
  readonly maxLabelBytes: number;
  /** Undefined: snapshots are pushed as text. */
  readonly format: Format | undefined;
}

/** The platform's values for what neither an option nor a variable sets. */
export interface PlatformDefaults {
  readonly job: string;
  readonly instancePrefix: string;
  readonly flushesAtEnd?: boolean;
  readonly flushTimeoutMs?: number;
}

/**
 * Resolves the settings: from options first, then from the environment, then from defaults. A malformed
 * value is ignored with one warning that names its option and variable.
 *
 * @throws TypeError if the `grouping` or the `labels` option could break the gateway, or collides with a metric's label
 */
export function resolveSettings(
  options: Options,
  env: Env,
  { job, instancePrefix, flushesAtEnd, flushTimeoutMs = 1_000 }: PlatformDefaults,
): Settings {
  const { url, bearerToken, ...userinfo } = readSettings(options, env, "PUSHGATEWAY_", {
    url: parseAddresses,
    username: secret,
    password: secret,
    bearerToken: secret,
  });
  const numbers = readSettings(options, env, "PREFREEZE_", {
    flushTimeoutMs: upTo(30_000),
    minFlushIntervalMs: flushInterval,
    maxSeries: upTo(100_000),
    maxLabelBytes: upTo(16_384),
  });
  const grouping = readLabels("grouping", options, env);
  const settings = {
    job,
    instancePrefix,
    flushTimeoutMs,
    minFlushIntervalMs: 0,
    maxSeries: 1_000,
    maxLabelBytes: 1_024,
    format: formatOf(options),
    grouping,
    labels: readLabels("labels", options, env, grouping, numbers.maxLabelBytes),
    gateways: (url ?? []).map((address) => ({ ...address, ...userinfo })),
    bearerToken,
    ...readSettings(options, env, "PREFREEZE_", {
      job: shortText,
      instancePrefix: shortText,
    }),
    ...numbers,
  } satisfies Settings;
  if (!settings.minFlushIntervalMs || flushesAtEnd) return settings;
  warnOnce(
    "minFlushIntervalMs",
    "minFlushIntervalMs is ignored: this platform announces no shutdown",
  );
  return { ...settings, minFlushIntervalMs: 0 };
}

function formatOf({ format }: Options): Format | undefined {
  // Its name, given as text, would be a natural mistake in JavaScript.
  if (typeof (Object(format) as Partial<Format>).encode === "function") return format;
  if (format)
    warnOnce(
      "format",
      "the format option is not what @prefreeze/core/protobuf exports and is ignored",
    );
  return undefined;
}

function flushInterval(value: string): FlushInterval {
  return value === "auto" ? value : upTo(60_000, 0)(value);
}

/** Parses what becomes a label of every series. @throws Error if it is longer than any name */
function shortText(value: string): string {
  if (value.length > MAX_NAME_LENGTH)
    throw new Error(`is longer than ${MAX_NAME_LENGTH} characters`);
  return value;
}
