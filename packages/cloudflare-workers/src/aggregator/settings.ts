import type { Options } from "@prefreeze/core";
import {
  type Gateway,
  parseAddresses,
  readSettings,
  secret,
  type Secret,
  upTo,
} from "@prefreeze/core/adapter";

/** The settings of an aggregator object. */
export interface Settings {
  /** If there are none, totals are kept and not pushed. */
  readonly gateways: readonly Gateway[];
  readonly bearerToken: Secret | undefined;
  readonly pushIntervalMs: number;
  readonly scrapeIntervalMs: number;
  /** A life of 45 series takes 690 bytes of the 128 MB that the object shares with its isolate. */
  readonly maxLives: number;
  /** A counter takes 1.6 kB, and a histogram with 18 bounds, which counts as one, 24 kB. */
  readonly maxSeries: number;
}

interface Variables extends Options {
  readonly pushIntervalMs?: number;
  readonly scrapeIntervalMs?: number;
}

/** Reads the variables and secrets of the object's Worker. A malformed value is ignored with one warning. */
export function settingsOf(env: unknown): Settings {
  const variables = Object(env) as Readonly<Record<string, unknown>>;
  const { url, bearerToken, ...userinfo } = readSettings<Options, typeof GATEWAY>(
    NO_OPTIONS,
    variables,
    "PUSHGATEWAY_",
    GATEWAY,
  );
  return {
    gateways: (url ?? []).map((address) => ({ ...address, ...userinfo })),
    bearerToken,
    pushIntervalMs: 10_000,
    scrapeIntervalMs: 15_000,
    maxLives: 10_000,
    maxSeries: 2_000,
    ...readSettings<Variables, typeof TIMES>(NO_OPTIONS, variables, "PREFREEZE_", TIMES),
  };
}

/** Without what other code has put on `Object.prototype`. */
const NO_OPTIONS = Object.create(null) as Options;
const GATEWAY = { url: parseAddresses, username: secret, password: secret, bearerToken: secret };
const TIMES = { pushIntervalMs: upTo(300_000, 1_000), scrapeIntervalMs: upTo(3_600_000, 0) };
