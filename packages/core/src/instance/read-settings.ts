import { warnOnce } from "../runtime/warn.js";
import type { Options } from "./options.js";

/** The environment variables of a function. */
export type Env = Readonly<Record<string, unknown>>;

type Parser = (value: string) => string | number | boolean | object | undefined;

/**
 * Reads settings from options and environment variables. A malformed value is ignored with one warning.
 *
 * @param prefix of the variables, which are named like the options: `flushTimeoutMs`, `…_FLUSH_TIMEOUT_MS`
 * @param parsers by option; each returns undefined for a malformed value
 * @returns the settings that are set and well-formed
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
    const given = options[option as unknown as keyof O];
    const value = String(given ?? env[variable] ?? "").trim();
    if (!value) continue;
    const parsed = (parsers[option] as Parser)(value);
    if (parsed !== undefined) found[option] = parsed;
    else {
      // The value is not shown, since it may be a credential.
      const source = given === undefined ? variable : `the ${option} option`;
      warnOnce(variable, `${source} is malformed and is ignored`);
    }
  }
  return found as ReturnType<typeof readSettings<O, P>>;
}

/** Parses whole numbers from 1 to `most`. */
export function upTo(most: number) {
  return (value: string) =>
    /^\d+$/.test(value) && +value > 0 && +value <= most ? +value : undefined;
}

/** Parses `1`, `true`, `0` and `false` in any case. */
export function parseBoolean(value: string): boolean | undefined {
  return /^(true|1)$/i.test(value) || (/^(false|0)$/i.test(value) ? false : undefined);
}
